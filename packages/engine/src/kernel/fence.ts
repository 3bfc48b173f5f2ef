import type { Unstamped } from "./event.js";
import type { RunTree } from "./state.js";

/** False for what comes too late: results of attempts that are no longer the current ones, answers nobody waits for. */
export function isWanted(tree: RunTree, input: Unstamped): boolean {
  switch (input.type) {
    case "attempt.succeeded":
    case "attempt.failed":
    case "attempt.lost":
    case "effect.recorded": {
      const cell = tree.runs[input.run]?.open.get(input.node)?.cells.get(input.c);
      return cell !== undefined && cell.status === "running" && cell.id === input.id;
    }
    case "unit.updated":
      return !tree.ended && tree.errands.has(`unit ${input.run} ${input.node}`);
    case "activation.measured":
      return !tree.ended && tree.errands.has(`measure ${input.run} ${input.node}`);
    case "activation.gathered":
      return !tree.ended && tree.errands.has(`gather ${input.run} ${input.node}`);
    case "run.cancelled":
      return !tree.ended && !tree.cancelled;
    case "run.paused":
      return !tree.ended && !tree.paused && !tree.cancelled;
    case "run.unpaused":
      return !tree.ended && tree.paused;
    case "run.resumed":
      return tree.ended && tree.runs[0]?.status === "failed";
    default:
      return true;
  }
}
