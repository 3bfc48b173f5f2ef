import type { FoundStep } from "./find-step.js";
import { choicesText } from "./narrate-reactions.js";
import { needsOf } from "./needs.js";
import type { StepStatus } from "./summary.js";
import { type CellTrace, lastActivation, type Trace, type WaitTrace } from "./trace.js";
import { queuesInto, waitingItems } from "./trace-reactions.js";

/** The one-line answer. */
export type WhyVerdict = {
  readonly did:
    | "ran"
    | "cached"
    | "reused"
    | "skipped"
    | "failed"
    | "running"
    | "stopped"
    | "waiting"
    | "suspended"
    | "never"
    | "set"
    | "absent"
    | "refused";
  readonly reason: string;
};

export function verdictOf(trace: Trace, found: FoundStep, status: StepStatus, cells: readonly CellTrace[]): WhyVerdict {
  const { run, node, planned } = found;
  if (planned.kind !== "step") return unitVerdict(trace, found);
  const last = lastActivation(run, node);
  if (last === undefined) return notStarted(trace, found, status);
  if (last.reusedFrom !== undefined)
    return { did: "reused", reason: `its result was taken over from run ${last.reusedFrom}` };
  if (last.skipped !== undefined) return { did: "skipped", reason: last.skipped.reason };
  const hit = cells.length > 0 && cells.every((cell) => cell.attempts.at(-1)?.cache?.outcome === "hit");
  if (hit) return { did: "cached", reason: cachedReason(cells) };
  switch (status) {
    case "failed":
      return { did: "failed", reason: last.reason ?? cells[0]?.failure?.message ?? last.failure?.message ?? "" };
    case "succeeded":
      return { did: "ran", reason: ranReason(trace, found, cells) };
    case "cancelled":
      return { did: "never", reason: cancelReason(trace) };
    default:
      return unendedVerdict(trace, found, cells);
  }
}

function unitVerdict(trace: Trace, found: FoundStep): WhyVerdict {
  const unit = found.run.units[found.node];
  if (unit === undefined) return notStarted(trace, found, "waiting");
  if (unit.failure !== undefined) return { did: "refused", reason: unit.failure.message };
  if (unit.skipped !== undefined) return { did: "absent", reason: unit.skipped.reason };
  if (unit.reusedFrom !== undefined && unit.value !== undefined)
    return { did: "reused", reason: `its value was taken over from run ${unit.reusedFrom}` };
  return unit.value === undefined
    ? { did: "absent", reason: "none of its links carried a value" }
    : { did: "set", reason: `version ${unit.n}` };
}

function cachedReason(cells: readonly CellTrace[]): string {
  const from = cells[0]?.attempts.at(-1)?.cache?.from;
  return `its key is unchanged${from === undefined ? "" : ` since run ${from}`}: class, version, config and inputs are the same`;
}

/** Why it ran: what of its cache key changed where it could have come from the cache, else that its inputs were there. */
function ranReason(trace: Trace, found: FoundStep, cells: readonly CellTrace[]): string {
  const changed = cells.flatMap((cell) => {
    const { from, changed: parts } = cell.attempts.at(-1)?.cache ?? {};
    return from === trace.id ? [] : (parts ?? []);
  });
  if (changed.length > 0) return `${[...new Set(changed)].join(", ")} changed since its result was cached`;
  const looked = cells.some((cell) => cell.attempts.at(-1)?.cache !== undefined);
  const inputs = `${startReason(found)}${lastRound(cells)}`;
  if (looked) return `${inputs}, and no result of it is in the cache`;
  return found.planned.step?.cache === "off" ? `${inputs}; its results are not cached` : inputs;
}

/** What started the newest activation. */
function startReason({ run, node }: FoundStep): string {
  const firing = lastActivation(run, node)?.firing;
  if (firing !== undefined) {
    const trigger = run.plan.triggers[firing.trigger];
    return `trigger ${trigger?.name ?? ""} fired${trigger?.kind === "manual" ? ` by ${firing.by}` : ""}`;
  }
  if (queuesInto(run.plan, node).length > 0) return "an item of its queue was given to it";
  return needsOf(run, node).length === 0 ? "it waits for nothing" : "all it waits for had come";
}

function lastRound(cells: readonly CellTrace[]): string {
  const attempt = cells.length === 1 ? cells[0]?.attempts.findLast((one) => one.round !== undefined) : undefined;
  if (attempt?.round === undefined) return "";
  const reason = attempt.judged === undefined || attempt.judged.reason === "" ? "" : `: ${attempt.judged.reason}`;
  return `; round ${attempt.round} was the last${reason}`;
}

/** Of a run that has stopped nothing runs: what had failed meanwhile waits for `resume` to be tried again. */
function unendedVerdict(trace: Trace, found: FoundStep, cells: readonly CellTrace[]): WhyVerdict {
  if (trace.status !== "failed" && found.run.status !== "failed") {
    const waits = cells.flatMap((cell) => (cell.status === "waiting" ? [cell.attempts.at(-1)?.wait] : []));
    const busy = cells.some((cell) => cell.status === "running" || cell.status === "retrying");
    if (waits[0] !== undefined && !busy) return { did: "suspended", reason: waitReason(found, waits[0]) };
    return { did: "running", reason: heldReason(found) ?? runningReason(cells) };
  }
  const failed = cells.find((cell) => cell.failure !== undefined);
  const stopped = "the run stopped before it was decided what becomes of it: it is tried again by resume";
  return { did: "stopped", reason: failed === undefined ? stopped : `an attempt failed, and ${stopped}` };
}

/** It sends values into a queue that is full. */
function heldReason({ run, node, planned }: FoundStep): string | undefined {
  const emits = run.activations[node]?.find((one) => one.status === "running" && one.emits !== undefined)?.emits;
  if (emits === undefined) return undefined;
  for (const index of planned.outLinks) {
    const link = run.plan.links[index];
    const at = link === undefined || !emits.has(link.from.port) ? undefined : link.queue;
    const queue = run.queues[at ?? -1];
    const plan = run.plan.queues[at ?? -1];
    if (queue === undefined || plan === undefined) continue;
    const capacity = queue.grown ?? plan.capacity;
    if (waitingItems(queue) < capacity) continue;
    return `it is held until there is room in queue ${plan.name}: ${waitingItems(queue)} items wait there, ${capacity} may`;
  }
  return undefined;
}

/** What ends the waiting: a moment, an answer, or the time allowed for one. */
function waitReason({ planned }: FoundStep, { since, until, ask }: WaitTrace): string {
  if (ask === undefined) return until === undefined ? "it waits" : `it waits until ${momentText(until)}`;
  const asked = `it waits for an answer: ${ask.question}${choicesText(ask.choices)}`;
  const timeoutMs = planned.step?.timeoutMs ?? null;
  if (timeoutMs === null) return asked;
  const { onTimeout, fallback } = planned.step ?? {};
  const decision = onTimeout !== undefined && "json" in onTimeout ? JSON.stringify(onTimeout.json) : undefined;
  const then =
    decision === undefined
      ? fallback === undefined
        ? "fails"
        : "goes on with its fallback"
      : `is answered ${decision}`;
  return `${asked}; without one by ${momentText(since + timeoutMs)} it ${then}`;
}

function momentText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function runningReason(cells: readonly CellTrace[]): string {
  const retry = cells.map((cell) => cell.attempts.at(-1)?.decision).find((decision) => decision?.kind === "retry");
  if (retry?.kind === "retry") return `retry ${retry.retry}: ${retry.reason}`;
  return "it has started and not ended";
}

function cancelReason(trace: Trace): string {
  return `the run was cancelled${trace.cancelled === undefined ? "" : ` by ${trace.cancelled.by}: ${trace.cancelled.reason}`}`;
}

/** Links and steps that have not come, or the triggers that fire a triggered step. */
function awaitedNames({ run, node, planned }: FoundStep): string {
  if (planned.step?.triggered === true) {
    if ((run.firings.get(node)?.length ?? 0) > 0) return "";
    const firing = run.plan.triggers.filter((one) => one.targets.some((target) => target.node === node));
    return firing.map((one) => `trigger ${one.name}`).join(" or ");
  }
  const awaited = needsOf(run, node).filter((need) => need.at === null);
  return [...new Set(awaited.map((need) => need.from))].join(", ");
}

function notStarted(trace: Trace, found: FoundStep, status: StepStatus): WhyVerdict {
  if (trace.status === "cancelled") return { did: "never", reason: cancelReason(trace) };
  const names = awaitedNames(found);
  const waits = names === "" ? "" : `it waits for ${names}`;
  const cause = found.run.cause ?? trace.runs[0]?.cause;
  if (trace.status === "failed" || found.run.status === "failed") {
    const stopped = `the run stopped: ${cause?.failure.message ?? "it failed"}`;
    return { did: "never", reason: waits === "" ? `it was ready, but ${stopped}` : `${stopped}; ${waits}` };
  }
  if (trace.status === "paused")
    return { did: "waiting", reason: waits === "" ? "the run is paused" : `${waits}; the run is paused` };
  if (status === "ready")
    return { did: "waiting", reason: "it is ready and waits for its turn, resources or a free worker" };
  return { did: "waiting", reason: waits === "" ? "the run has not come to it" : waits };
}
