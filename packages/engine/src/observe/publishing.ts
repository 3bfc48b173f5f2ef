import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";

/** What `monitoring:` of a document says about telling watchers how far a run is. */
export type Publishing = "at_once" | "at_checkpoints" | "never";

export function publishingOf({ monitoring }: Plan): Publishing {
  if (monitoring["progressTracking"] === false) return "never";
  return monitoring["realTimeUpdates"] === false ? "at_checkpoints" : "at_once";
}

/**
 * Whether watchers are told how far the run is, after an event: after each; where `real_time_updates` is off, at checkpoints, when
 * the run rests and at its end; where progress tracking is off, only when a trigger asks for it (`progress_monitoring`).
 */
export function isPublished(plan: Plan, event: RunEvent): boolean {
  if (isReport(plan, event)) return true;
  const publishing = publishingOf(plan);
  return publishing === "at_once" || (publishing === "at_checkpoints" && isPoint(event));
}

/** A trigger of the root with the target `progress_monitoring` fired. */
export function isReport(plan: Plan, event: RunEvent): boolean {
  return (
    event.type === "trigger.fired" && event.run === 0 && plan.workflows[0]?.triggers[event.trigger]?.progress === true
  );
}

function isPoint(event: RunEvent): boolean {
  switch (event.type) {
    case "checkpoint.taken":
    case "stage.reached":
    case "run.rolledback":
    case "run.completed":
    case "run.failed":
    case "run.closed":
      return event.run === 0;
    case "run.started":
      return !("parent" in event);
    case "run.paused":
    case "run.unpaused":
    case "run.resumed":
    case "run.cancelled":
    case "run.released":
    case "run.taken":
      return true;
    case "attempt.suspended":
      return event.ask !== undefined;
    default:
      return false;
  }
}

/** How far a run is, in a line: `3 of 7 steps, 2 running, 1 failed`. */
export function progressText(progress: {
  readonly settled: number;
  readonly total: number;
  readonly running: number;
  readonly steps: readonly { readonly status: string }[];
}): string {
  const { settled, total, running, steps } = progress;
  const failed = steps.filter((step) => step.status === "failed").length;
  const waiting = steps.filter((step) => step.status === "waiting").length;
  const parts: readonly (readonly [number, string])[] = [
    [running, "running"],
    [failed, "failed"],
    [waiting, "waiting"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [`${settled} of ${total} ${total === 1 ? "step" : "steps"}`, ...told].join(", ");
}
