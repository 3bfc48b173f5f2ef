import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import type { GateProgress, Progress } from "./progress.js";
import { applyProgress } from "./progress-events.js";
import { emptyProgress, type ProgressState } from "./progress-state.js";
import type { StepStatus } from "./summary.js";
import { gateProgress, stepProgress, type Tally, waitingNote } from "./tally.js";

/**
 * Counts of a run as its events come in. An event costs as much as its step has outgoing links; `progress()` costs one
 * pass over the root's steps when something changed, nothing otherwise.
 */
export interface ProgressFold {
  apply(event: RunEvent): void;
  progress(): Progress;
}

export function createProgressFold(plan: Plan): ProgressFold {
  const fold = emptyProgress(plan);
  let shown: Progress | undefined;
  return {
    apply(event) {
      applyProgress(fold, event);
      shown = undefined;
    },
    progress() {
      shown ??= draw(fold);
      return shown;
    },
  };
}

function shownStatus(fold: ProgressState, tally: Tally, waiting: string): StepStatus {
  const ended = fold.status === "completed" || fold.status === "failed" || fold.status === "cancelled";
  if (fold.status === "cancelled" && tally.endedAt === null) return "cancelled";
  if (tally.status !== "pending" || ended || fold.status === "pending") return tally.status;
  return waiting === "" ? "ready" : "waiting";
}

function draw(fold: ProgressState): Progress {
  const { root } = fold;
  const isCarried = (link: number) => fold.carried[link] === 1;
  const isSettled = (node: number) => fold.unitSet[node] === 1 || typeof fold.tallies[node]?.endedAt === "number";
  const steps = (root?.steps ?? []).flatMap((node) => {
    const tally = fold.tallies[node];
    if (root === undefined || tally === undefined) return [];
    const waiting = tally.status === "pending" ? waitingNote(root, node, isCarried, isSettled) : "";
    return [stepProgress(root.nodes[node]?.name ?? "", tally, shownStatus(fold, tally, waiting), waiting)];
  });
  return {
    status: fold.status,
    settled: fold.settled,
    total: steps.length,
    running: fold.running,
    startedAt: fold.startedAt,
    endedAt: fold.endedAt,
    steps,
    gates: drawGates(fold),
  };
}

function drawGates(fold: ProgressState): readonly GateProgress[] {
  return (fold.root?.links ?? []).flatMap((link, index) => {
    if (link.kind !== "conditional" || fold.root === undefined) return [];
    const carried = fold.gates.get(index);
    const outcome = carried === undefined ? "unknown" : carried.outcome === "value" ? "open" : carried.outcome;
    return [gateProgress(fold.root, index, outcome, carried?.reason ?? "")];
  });
}
