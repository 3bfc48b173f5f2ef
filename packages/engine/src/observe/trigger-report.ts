import type { RunEvent } from "../kernel/event.js";
import type { TriggerStatus } from "../kernel/triggers/trigger-status.js";
import type { Plan, PlanTrigger } from "../plan/plan.js";
import { failureTag } from "./output-note.js";
import { findRunPrefix } from "./step-path.js";
import type { ActivationTrace, RunTrace, Trace } from "./trace.js";
import { traceRun } from "./trace-fold.js";

export type TriggerTransition = {
  readonly from: TriggerStatus;
  readonly to: TriggerStatus;
  readonly at: number;
  readonly reason: string;
};

/** A trigger of a run that reacts, and the states it went through. Times are epoch ms. */
export type TriggerReport = {
  /** With the path of its run in front, for nested workflows. */
  readonly name: string;
  readonly kind: PlanTrigger["kind"];
  readonly state: TriggerStatus;
  readonly fired: number;
  readonly lastFiredAt: number | null;
  /** When a timer is due, or a failed trigger is tried again; null: nothing is due. */
  readonly dueAt: number | null;
  readonly transitions: readonly TriggerTransition[];
};

/** Triggers of event-driven workflows, in the order of the document, the root's first. */
export function triggerReports(plan: Plan, events: Iterable<RunEvent>): readonly TriggerReport[] {
  const kept = [...events];
  const trace = traceRun(plan, kept);
  const reports: TriggerReport[] = [];
  for (const run of trace.runs) {
    if (run === undefined || run.plan.strategy !== "event_driven") continue;
    for (const [index, planned] of run.plan.triggers.entries())
      reports.push(reportOf(trace, run, index, planned, kept));
  }
  return reports;
}

function reportOf(
  trace: Trace,
  run: RunTrace,
  index: number,
  planned: PlanTrigger,
  events: readonly RunEvent[],
): TriggerReport {
  const { fired, last, retryDue, due } = run.triggers[index] ?? { fired: 0 };
  const transitions = walk(momentsOf(run, index, planned, events));
  const state = transitions.at(-1)?.to ?? "monitoring";
  const dueAt = state === "closed" || state === "off" ? null : (retryDue ?? due ?? null);
  const name = `${findRunPrefix(trace, run)}${planned.name}`;
  return { name, kind: planned.kind, state, fired, lastFiredAt: last?.at ?? null, dueAt, transitions };
}

/** Something that moves a trigger on. `seq` orders them; `open` counts the activations it fired. */
type Moment = {
  readonly seq: number;
  readonly at: number;
  readonly to: readonly TriggerStatus[];
  readonly reason: string;
  readonly open?: 1 | -1;
};

function momentsOf(run: RunTrace, index: number, planned: PlanTrigger, events: readonly RunEvent[]): readonly Moment[] {
  const moments = events.flatMap((event): readonly Moment[] => {
    if (!("run" in event) || event.run !== run.index) return [];
    if ("trigger" in event) return event.trigger === index ? momentOf(event, planned) : [];
    const isEnd = event.type === "run.closing" || event.type === "run.completed" || event.type === "run.failed";
    return isEnd ? [{ seq: event.seq, at: event.at, to: ["closed"], reason: "the run ends" }] : [];
  });
  for (const list of run.activations)
    for (const one of list ?? []) if (one.firing?.trigger === index) moments.push(...momentsOfStep(one));
  return moments.sort((a, b) => a.seq - b.seq);
}

type TriggerEvent = Extract<RunEvent, { readonly type: `trigger.${string}` }>;

function momentOf(event: TriggerEvent, { kind }: PlanTrigger): readonly Moment[] {
  const { seq, at } = event;
  switch (event.type) {
    case "trigger.fired":
      return [{ seq, at, to: ["evaluating", "activating"], reason: kind === "manual" ? `by ${event.by}` : kind }];
    case "trigger.armed":
      return [];
    case "trigger.evaluated":
      return [{ seq, at, to: event.holds ? ["evaluating"] : ["evaluating", "monitoring"], reason: event.reason }];
    case "trigger.failed":
      return [{ seq, at, to: ["error_handling"], reason: `${failureTag(event.failure)} ${event.failure.message}` }];
    case "trigger.retried":
      return [{ seq, at, to: ["retry"], reason: `retry ${event.retry}` }];
    case "trigger.escalated":
      return [{ seq, at, to: ["off"], reason: `out of retries: ${event.handling}` }];
  }
}

function momentsOfStep(one: ActivationTrace): readonly Moment[] {
  const begun: Moment = { seq: one.seq, at: one.startedAt, to: ["executing"], reason: "its step began", open: 1 };
  if (one.settledIn === undefined || one.endedAt === null) return [begun];
  const failed = one.status === "failed";
  const reason = failed ? (one.failure?.message ?? "its step failed") : "its step has settled";
  const to: readonly TriggerStatus[] = failed ? ["error_handling", "monitoring"] : ["monitoring"];
  return [begun, { seq: one.settledIn, at: one.endedAt, to, reason, open: -1 }];
}

/** While a step that it fired runs, it is back at listening only when the last of them has settled. */
function walk(moments: readonly Moment[]): readonly TriggerTransition[] {
  const transitions: TriggerTransition[] = [];
  let state: TriggerStatus = "monitoring";
  let open = 0;
  for (const { at, to, reason, open: change = 0 } of moments) {
    open += change;
    for (const next of to) {
      const reached: TriggerStatus = next === "monitoring" && open > 0 ? "executing" : next;
      if (reached === state || state === "off" || (state === "closed" && open === 0)) continue;
      transitions.push({ from: state, to: reached, at, reason });
      state = reached;
    }
  }
  return transitions;
}
