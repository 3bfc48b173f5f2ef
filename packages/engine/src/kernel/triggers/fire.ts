import type { Handle } from "../../contracts/handle.js";
import type { PlanTarget, PlanTrigger } from "../../plan/plan.js";
import type { PortValues, RunEvent } from "../event.js";
import { type Resolved, resolveInputs } from "../inputs.js";
import type { RunState } from "../state.js";
import { endTimer } from "./timers.js";
import { recoverTrigger } from "./trigger-failures.js";
import { triggerShapeOf } from "./trigger-shape.js";
import { isListening, type OwedFiring, type TriggerState } from "./trigger-state.js";

export type Fired = Extract<RunEvent, { readonly type: "trigger.fired" }>;

/** A firing happened: its steps wait with the inputs of this moment, and triggers made of it take note. Gives the steps' nodes. */
export function fire(run: RunState, event: Fired): readonly number[] {
  const state = run.triggers[event.trigger];
  const plan = run.workflow.triggers[event.trigger];
  if (state === undefined || plan === undefined) return [];
  const firing = settleDebt(state, plan, event);
  state.fired++;
  state.lastFiredAt = event.at;
  recoverTrigger(state);
  if (event.key !== undefined) state.keys.add(event.key);
  endTimer(state, plan);
  const targets = plan.targets.filter(({ node }) => run.topology.triggered[node] === 1);
  for (const target of targets) queueFiring(run, state, event, target, firing);
  for (const { trigger, position } of triggerShapeOf(run.workflow).composites[event.trigger] ?? [])
    noteMember(run, trigger, position, firing.payload, event);
  return targets.map(({ node }) => node);
}

/** Takes what was owed off the list, if this is a decided firing, and gives what the firing carries. */
function settleDebt(state: TriggerState, plan: PlanTrigger, event: Fired): OwedFiring {
  const fresh: OwedFiring = { values: state.latest.slice(), payload: event.payload, seq: event.seq };
  if (event.by !== deciderOf(plan)) return fresh;
  if (plan.kind === "timer") {
    if (state.missed > 0) state.missed--;
    else {
      state.lastDue = state.due;
      state.due = Number.POSITIVE_INFINITY;
    }
    return fresh;
  }
  const owed = state.owed.shift();
  if (owed !== undefined) return { ...owed, payload: event.payload };
  state.quietDue = Number.POSITIVE_INFINITY;
  state.fresh.fill(false);
  return fresh;
}

/** `by` of the firings that the kernel decides. Manual and folder triggers fire from outside only. */
export function deciderOf({ kind }: PlanTrigger): string | undefined {
  return kind === "manual" || kind === "folder" ? undefined : kind;
}

function queueFiring(run: RunState, state: TriggerState, event: Fired, target: PlanTarget, firing: OwedFiring): void {
  const { node, feeds } = target;
  const overlay: { [port: string]: Handle } = {};
  for (const { watch, port } of feeds) {
    const value = watch < 0 ? firing.payload : firing.values[watch];
    if (value !== undefined) overlay[port] = value;
  }
  const waiting = { seq: event.seq, trigger: event.trigger, resolved: snapshotOf(run, node, overlay) };
  const known = state.waiting.get(node) ?? [];
  const last = known.at(-1);
  const coalesced = run.workflow.triggers[event.trigger]?.coalesce === true && last !== undefined;
  if (coalesced) known[known.length - 1] = { ...waiting, seq: last.seq };
  else known.push(waiting);
  state.waiting.set(node, known);
}

/** The inputs of a step as they are now: the last token of each link, and what the firing brings. */
function snapshotOf(run: RunState, node: number, overlay: PortValues): Resolved {
  return resolveInputs(run, node, overlay);
}

function noteMember(run: RunState, trigger: number, position: number, payload: Handle | undefined, event: Fired): void {
  const state = run.triggers[trigger];
  const plan = run.workflow.triggers[trigger];
  if (state === undefined || plan === undefined || !isListening(state)) return;
  if (plan.kind === "any") {
    owe(state, plan, { values: [], payload, seq: event.seq });
    return;
  }
  state.memberAt[position] = event.at;
  state.memberPayload[position] = payload;
  const span = plan.windowMs ?? Number.POSITIVE_INFINITY;
  state.memberAt.forEach((at, member) => {
    if (event.at - at > span) state.memberAt[member] = 0;
  });
  if (state.memberAt.includes(0)) return;
  owe(state, plan, { values: [], payload: together(state.memberPayload), seq: event.seq });
  state.memberAt.fill(0);
  state.memberPayload.fill(undefined);
}

function owe(state: TriggerState, plan: PlanTrigger, firing: OwedFiring): void {
  if (plan.coalesce) state.owed.length = 0;
  state.owed.push(firing);
}

/** What all members brought, in their order, null for those that brought nothing; undefined if none did. */
function together(payloads: readonly (Handle | undefined)[]): Handle | undefined {
  if (payloads.every((payload) => payload === undefined)) return undefined;
  return { list: payloads.map((payload) => payload ?? { json: null }) };
}
