import type { RunStatus } from "../contracts/store.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { failureTag } from "./output-note.js";
import type { GateProgress, Progress, QueueProgress, StepProgress, TriggerProgress } from "./progress.js";
import { applyProgress } from "./progress-events.js";
import { emptyProgress, type ProgressState, queuesBefore } from "./progress-state.js";
import type { StepStatus } from "./summary.js";
import { gateProgress, stepProgress, type Tally, waitingNote } from "./tally.js";
import { waitingItems } from "./trace-reactions.js";

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
  const isCarried = (link: number) => fold.carried[link] !== 0;
  const isSettled = (node: number) => fold.unitSet[node] !== 0 || typeof fold.tallies[node]?.endedAt === "number";
  const steps = (root?.steps ?? []).flatMap((node) => {
    const tally = fold.tallies[node];
    if (root === undefined || tally === undefined) return [];
    const waiting = tally.status === "pending" ? waitingNote(root, node, isCarried, isSettled) : "";
    const queued = queuesBefore(fold, node).reduce((sum, queue) => sum + waitingItems(queue), 0);
    const shown = { waiting, queued, rounds: root.nodes[node]?.step?.repeat?.max ?? 0 };
    return [stepProgress(root.nodes[node]?.name ?? "", tally, shownStatus(fold, tally, waiting), shown)];
  });
  return {
    status: runStatus(fold, steps),
    settled: fold.settled,
    total: steps.length,
    running: fold.running,
    startedAt: fold.startedAt,
    endedAt: fold.endedAt,
    steps,
    gates: drawGates(fold),
    triggers: drawTriggers(fold),
    queues: drawQueues(fold),
    rollbacks: fold.rollbacks,
  };
}

/** Only people are waited for: nothing runs, is ready or is tried again. */
function runStatus(fold: ProgressState, steps: readonly StepProgress[]): RunStatus {
  if (fold.status !== "running" || fold.asks.size === 0 || fold.running > 0) return fold.status;
  const goesOn = steps.some((step) => step.status === "ready" || step.status === "retrying");
  return goesOn ? "running" : "waiting";
}

function drawQueues(fold: ProgressState): readonly QueueProgress[] {
  return fold.queues.flatMap((queue, index) => {
    const plan = fold.root?.queues[index];
    if (plan === undefined) return [];
    const targets = new Set(plan.links.map((link) => fold.root?.links[link]?.to.node ?? -1));
    const inFlight = [...targets].reduce((sum, node) => sum + (fold.tallies[node]?.open.size ?? 0), 0);
    const { entered, dead, refused, grown } = queue;
    const capacity = grown ?? plan.capacity;
    return [{ name: plan.name, waiting: waitingItems(queue), inFlight, dead: dead + refused, entered, capacity }];
  });
}

function drawTriggers(fold: ProgressState): readonly TriggerProgress[] {
  const ended = fold.status === "completed" || fold.status === "failed" || fold.status === "cancelled";
  return fold.triggers.flatMap((trigger, index): readonly TriggerProgress[] => {
    const plan = fold.root?.triggers[index];
    if (plan === undefined) return [];
    const { fired, last, off, failure, holds } = trigger;
    const dueAt = ended ? null : (trigger.retryDue ?? trigger.due ?? null);
    const note = failure === undefined ? (holds?.reason ?? "") : `${failureTag(failure)} ${failure.message}`;
    const status = off ? "off" : ended ? "closed" : failure === undefined ? "listening" : "failing";
    return [{ name: plan.name, kind: plan.kind, fired, lastFiredAt: last?.at ?? null, dueAt, note, status }];
  });
}

function drawGates(fold: ProgressState): readonly GateProgress[] {
  return (fold.root?.links ?? []).flatMap((link, index) => {
    if (link.kind !== "conditional" || fold.root === undefined) return [];
    const carried = fold.gates.get(index);
    const outcome = carried === undefined ? "unknown" : carried.outcome === "value" ? "open" : carried.outcome;
    return [gateProgress(fold.root, index, outcome, carried?.reason ?? "")];
  });
}
