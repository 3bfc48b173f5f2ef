import type { RunRecord, RunStatus } from "../contracts/store.js";
import type { RunTree } from "../kernel/state.js";

/** The line of a run in the store's index. `now`: when it ended, if it did. */
export function recordOf(tree: RunTree, status: RunStatus, now: () => number): RunRecord {
  return {
    id: tree.id,
    name: tree.name,
    workflow: tree.plan.name,
    planHash: tree.plan.hash,
    status,
    createdAt: tree.createdAt,
    endedAt: tree.ended ? now() : null,
    lastSeq: tree.seq,
  };
}
