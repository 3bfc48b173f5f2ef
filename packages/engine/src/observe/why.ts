import type { RunStatus } from "../contracts/store.js";
import type { Place } from "../document/diagnostic.js";
import type { StrategyName } from "../document/document.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";
import { absenceOf, type WhyCause } from "./absence.js";
import { type FoundStep, findStep, type StepUnknown } from "./find-step.js";
import { needsOf, readyAt, type WhyNeed } from "./needs.js";
import type { StepStatus } from "./summary.js";
import { type ActivationTrace, lastActivation, stepStatus, type Trace, type UnitTrace } from "./trace.js";
import { traceRun } from "./trace-fold.js";
import { turnOf, type WhyTurn } from "./turn.js";
import { attemptsOf, itemsOf, type WhyAttempt, type WhyItems } from "./why-attempts.js";
import { outputsOf, type WhyOutput } from "./why-outputs.js";
import { reactionsOf, type WhyReactions } from "./why-reactions.js";
import { verdictOf, type WhyVerdict } from "./why-verdict.js";

/** Everything the journal says about one step (or unit, or output) of a run: the answer to `why`. Times are epoch ms. */
export type WhyReport = {
  /** Path such as `outer[3]/inner`. */
  readonly step: string;
  readonly kind: "unit" | "step" | "output";
  readonly class: string;
  readonly place: Place;
  readonly strategy: StrategyName;
  readonly run: { readonly id: string; readonly name: string; readonly status: RunStatus; readonly startedAt: number };
  readonly status: StepStatus;
  readonly verdict: WhyVerdict;
  /** What it waited for, in the order in which it came; the last one that came made it ready. */
  readonly needs: readonly WhyNeed[];
  readonly readyAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The time between ready and started, and what it was for; null: not started, or started at once. */
  readonly turn: WhyTurn | null;
  /** For a skipped step: the port without a value, and why it had none. */
  readonly absent: { readonly port: string; readonly causes: readonly WhyCause[] } | null;
  /** Of the newest activation. For a mapped step: attempts of items that did not succeed at once, at most 100. */
  readonly attempts: readonly WhyAttempt[];
  /** Counts of a mapped step; null otherwise. */
  readonly items: WhyItems | null;
  readonly outputs: readonly WhyOutput[];
} & WhyReactions;

/** Explains a step of a run. `step` is a path: `read`, `outer/inner`, `outer[3]/inner`, `read[3]`. */
export function why(plan: Plan, events: Iterable<RunEvent>, step: string): WhyReport | StepUnknown {
  return whyOf(traceRun(plan, events), step);
}

export function whyOf(trace: Trace, step: string): WhyReport | StepUnknown {
  const found = findStep(trace, step);
  if ("unknown" in found) return found;
  const { run, node, planned, item } = found;
  const last = lastActivation(run, node);
  const readied = readyAt(run, node, last);
  const startedAt = startOf(found, last);
  const cells = last === undefined ? [] : [...last.cells.values()].filter((cell) => item === null || cell.c === item);
  const status = statusOf(trace, found);
  return {
    step,
    kind: planned.kind,
    class: classOf(trace, found),
    place: planned.place,
    strategy: run.plan.strategy,
    run: { id: trace.id, name: trace.name, status: trace.status, startedAt: run.startedAt },
    status,
    verdict: verdictOf(trace, found, status, cells),
    needs: needsOf(run, node),
    readyAt: readied,
    startedAt,
    endedAt: endOf(found, last, cells),
    turn: startedAt === null || readied === null || item !== null ? null : turnOf(run, node, readied, startedAt),
    absent: absentOf(trace, found, last),
    attempts: attemptsOf(trace, cells, planned.step?.forEach !== undefined && item === null),
    items: planned.step?.forEach === undefined || item !== null || last === undefined ? null : itemsOf(last),
    outputs: outputsOf(run, node, last),
    ...reactionsOf(found, cells),
  };
}

function startOf(found: FoundStep, last: ActivationTrace | undefined): number | null {
  if (last === undefined || last.skipped !== undefined) return null;
  if (found.item === null) return last.startedAt;
  return last.cells.get(found.item)?.attempts[0]?.startedAt ?? null;
}

function endOf(
  found: FoundStep,
  last: ActivationTrace | undefined,
  cells: readonly { readonly attempts: readonly { readonly endedAt: number | null }[] }[],
): number | null {
  if (found.planned.kind !== "step") return found.run.units[found.node]?.at ?? null;
  if (found.item === null) return last?.endedAt ?? null;
  return cells[0]?.attempts.at(-1)?.endedAt ?? null;
}

function statusOf(trace: Trace, found: FoundStep): StepStatus {
  const { run, node, planned, item } = found;
  const unit = run.units[node];
  if (planned.kind !== "step") return unitStatus(unit);
  const status = stepStatus(trace, run, node);
  return item === null ? status : (lastActivation(run, node)?.cells.get(item)?.status ?? "pending");
}

function unitStatus(unit: UnitTrace | undefined): StepStatus {
  if (unit === undefined) return "waiting";
  if (unit.skipped !== undefined) return "skipped";
  return unit.failure === undefined ? "succeeded" : "failed";
}

function classOf(trace: Trace, found: FoundStep): string {
  const { step, unit } = found.planned;
  if (step?.workflow !== undefined) return `Workflow ${trace.plan.workflows[step.workflow]?.name ?? ""}`.trim();
  return step?.component?.class ?? unit?.class ?? found.planned.kind;
}

function absentOf(trace: Trace, found: FoundStep, last: ActivationTrace | undefined): WhyReport["absent"] {
  const { run, node, planned } = found;
  const unit = run.units[node];
  const unset = planned.kind !== "step" && unit !== undefined && unit.value === undefined && unit.failure === undefined;
  const port = last?.skipped?.port ?? unit?.skipped?.port ?? (unset ? (planned.ports[0]?.name ?? "value") : undefined);
  return port === undefined ? null : { port, causes: absenceOf(trace, run, node, port) };
}
