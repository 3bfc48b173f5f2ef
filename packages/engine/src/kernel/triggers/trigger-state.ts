import type { Failure } from "../../contracts/failure.js";
import type { Handle } from "../../contracts/handle.js";
import type { Json } from "../../contracts/json.js";
import type { PlanTrigger, WorkflowPlan } from "../../plan/plan.js";
import type { Resolved } from "../inputs.js";
import { isAtWork } from "./trigger-shape.js";

/*
 * State of one trigger of a run.
 * I1. A firing is an event. What the kernel has to decide (`owed`, `missed`, `quietDue`, `due`) is not a firing yet.
 * I2. A firing waits for its step with the inputs of its moment.
 * I3. Closed or switched off, a trigger owes nothing and is due never.
 */

/** A firing that is to be decided: the watched values of its moment, or what it carries on. */
export type OwedFiring = {
  readonly values: readonly (Handle | undefined)[];
  readonly payload: Handle | undefined;
  /** Number of the event it comes from. */
  readonly seq: number;
};

/** A firing that waits for its step. */
export type WaitingFiring = { readonly seq: number; readonly trigger: number; readonly resolved: Resolved };

export type TriggerState = {
  /** False: it starts runs and does nothing inside one. */
  readonly active: boolean;
  fired: number;
  /** Epoch ms; 0: never. */
  lastFiredAt: number;
  /** The last value of each watched port. */
  readonly latest: (Handle | undefined)[];
  /** Number of the event that brought it; 0: none yet. */
  readonly cameIn: number[];
  /** Which of them are new since the last firing; for `all` and the quiet time. */
  readonly fresh: boolean[];
  readonly owed: OwedFiring[];
  /** End of the quiet time of a debounce, or of the least time between two firings of a condition. */
  quietDue: number;
  /** When a timer is due; Infinity: not armed. */
  due: number;
  /** When it was due last, as its interval counts from there; 0: never. */
  lastDue: number;
  /** Firings of a timer to be made up for. */
  missed: number;
  /** Its times are used up. */
  exhausted: boolean;
  holds: boolean;
  reason: string;
  /** Of triggers made of others: when each member fired (0: not since the last firing of all), and its payload. */
  readonly memberAt: number[];
  readonly memberPayload: (Handle | undefined)[];
  /** Keys of firings, which are not repeated: kept for the life of the run, one short text for each. */
  readonly keys: Set<string>;
  /** By step node, in order. */
  readonly waiting: Map<number, WaitingFiring[]>;
  /** Activations under way that it fired, by `openKey`. */
  readonly executing: Set<number>;
  /** It could not be evaluated or watched, and has not been since. */
  failure: Failure | undefined;
  failedAt: number;
  jitter: number;
  retries: number;
  /** Infinity while a failure waits for a decision. */
  retryDue: number;
  off: boolean;
  closed: boolean;
};

export function createTriggers(workflow: WorkflowPlan, _at: number): TriggerState[] {
  if (!workflow.triggers.some((plan) => isAtWork(workflow, plan))) return [];
  return workflow.triggers.map((plan) => createTrigger(plan, isAtWork(workflow, plan)));
}

function createTrigger({ watch, members }: PlanTrigger, active: boolean): TriggerState {
  return {
    active,
    fired: 0,
    lastFiredAt: 0,
    latest: watch.map(() => undefined),
    cameIn: watch.map(() => 0),
    fresh: watch.map(() => false),
    owed: [],
    quietDue: Number.POSITIVE_INFINITY,
    due: Number.POSITIVE_INFINITY,
    lastDue: 0,
    missed: 0,
    exhausted: false,
    holds: false,
    reason: "",
    memberAt: members.map(() => 0),
    memberPayload: members.map(() => undefined),
    keys: new Set(),
    waiting: new Map(),
    executing: new Set(),
    failure: undefined,
    failedAt: 0,
    jitter: 0,
    retries: 0,
    retryDue: Number.POSITIVE_INFINITY,
    off: false,
    closed: false,
  };
}

/** For a checkpoint: shares what never changes. */
export function copyTriggers(triggers: readonly TriggerState[]): TriggerState[] {
  return triggers.map((trigger) => ({
    ...trigger,
    latest: trigger.latest.slice(),
    cameIn: trigger.cameIn.slice(),
    fresh: trigger.fresh.slice(),
    owed: trigger.owed.slice(),
    memberAt: trigger.memberAt.slice(),
    memberPayload: trigger.memberPayload.slice(),
    keys: new Set(trigger.keys),
    waiting: new Map([...trigger.waiting].map(([node, firings]) => [node, firings.slice()])),
    executing: new Set(trigger.executing),
  }));
}

export function snapshotTriggers(triggers: readonly TriggerState[]): Json {
  const plain = triggers.map((trigger) => ({
    ...trigger,
    keys: [...trigger.keys],
    waiting: [...trigger.waiting].filter(([, firings]) => firings.length > 0),
    executing: [...trigger.executing],
  }));
  return JSON.parse(JSON.stringify(plain)) as Json;
}

/** Whether it can still fire. */
export function isListening({ active, off, closed }: TriggerState): boolean {
  return active && !off && !closed;
}

/** Nothing more comes from it; firings that wait for their step stay. */
export function silence(state: TriggerState): void {
  state.owed.length = 0;
  state.missed = 0;
  state.quietDue = Number.POSITIVE_INFINITY;
  state.due = Number.POSITIVE_INFINITY;
  state.retryDue = Number.POSITIVE_INFINITY;
}
