import type { Failure } from "../contracts/failure.js";
import type { Place } from "../document/diagnostic.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { listFailures } from "./failures.js";
import { findStep } from "./find-step.js";
import { failureTag } from "./output-note.js";
import { type CellTrace, lastActivation, type Trace } from "./trace.js";
import { traceRun } from "./trace-fold.js";

/** What a reader needs about one failure that stopped or marred a run. */
export type FailureFact = {
  /** Path of the step; empty for a failure of the run itself. */
  readonly step: string;
  readonly failure: Failure;
  readonly handling: string;
  readonly place: Place | null;
  /** What each failed attempt failed with, shortest form, in order. */
  readonly attempts: readonly string[];
  /** What was waited before each retry, in milliseconds. */
  readonly waitsMs: readonly number[];
  /** Ports whose values the step was given, as `data` takes them: `read.paper`. */
  readonly inputs: readonly string[];
};

/**
 * Failures that stand, those that only follow from another one left out: a nested workflow or a mapped step whose
 * inner failure is listed is not told again.
 */
export function failureFacts(plan: Plan, events: Iterable<RunEvent>): readonly FailureFact[] {
  const trace = traceRun(plan, events);
  const listed = listFailures(trace);
  return listed
    .filter(
      (one) => !listed.some((other) => other.step.startsWith(`${one.step}/`) || other.step.startsWith(`${one.step}[`)),
    )
    .map((one) => ({ ...one, ...factsOf(trace, one.step) }));
}

function factsOf(trace: Trace, step: string): Pick<FailureFact, "place" | "attempts" | "waitsMs" | "inputs"> {
  const found = step === "" ? undefined : findStep(trace, step);
  if (found === undefined || "unknown" in found) return { place: null, attempts: [], waitsMs: [], inputs: [] };
  const cell = lastActivation(found.run, found.node)?.cells.get(found.item ?? 0);
  const item = found.planned.step?.forEach;
  const name = (port: string) => `${step}.${port}`;
  const linked = found.planned.ports.filter((port) => port.links.length > 0).map((port) => port.name);
  const over = item === undefined || found.item === null ? undefined : found.planned.ports[item.over]?.name;
  return {
    place: found.planned.place,
    attempts: triesOf(cell),
    waitsMs: waitsOf(cell),
    inputs: found.planned.kind === "step" ? linked.map((port) => name(port === over ? (item?.as ?? port) : port)) : [],
  };
}

function triesOf(cell: CellTrace | undefined): readonly string[] {
  return (cell?.attempts ?? []).flatMap((one) => {
    if (one.outcome === "crashed") return ["crash"];
    return one.failure === undefined ? [] : [failureTag(one.failure)];
  });
}

function waitsOf(cell: CellTrace | undefined): readonly number[] {
  return (cell?.attempts ?? []).flatMap((one) =>
    one.decision?.kind === "retry" ? [Math.max(0, one.decision.dueAt - (one.endedAt ?? one.decision.at))] : [],
  );
}
