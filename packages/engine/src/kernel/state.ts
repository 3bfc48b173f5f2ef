import type { Ask } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Amounts } from "../contracts/spending.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { type Changes, createChanges } from "./changes.js";
import type { Cell, Finding, PortValues } from "./event.js";
import type { OpenCells } from "./open-cells.js";
import { createQueues, type QueueState } from "./queues/queue-state.js";
import { ReadyHeap } from "./ready-heap.js";
import {
  createRunRecovery,
  createTreeRecovery,
  type KeptAnswer,
  type RunRecovery,
  type TreeRecovery,
} from "./recovery/recovery-state.js";
import type { TokenRing } from "./token-ring.js";
import { type Topology, topologyOf } from "./topology.js";
import { createTriggers, type TriggerState } from "./triggers/trigger-state.js";

/*
 * State of a run tree: the fold of its journal, changed in place by `evolve` alone.
 * I1. Only open activations, and ended ones that wait for their turn, are objects. Memory follows concurrency, not history.
 * I2. `running` counts attempts of the run and of all runs below it, `held` those of them that a full queue holds back: a run has
 *     come to rest when they are equal.
 * I3. A node is in its lane's heap exactly while it has something to start and its stage is reached.
 * I4. Every verdict names an open cell (or activation) whose failure waits for a decision.
 * I5. `released <= begun`: tokens leave in the order of activations. What lies between is open, or in `ended`.
 * I6. `need` counts slots without a token; a slot is a link, or all links of a `merge: each` port, under its first link's number.
 * I7. `tokens` counts what lies in slots that give up their token (not held ones, not those of triggered steps).
 * `dirty`, `hungry` and `closedTo` are hints of where to look, `changes` of what to keep: not state.
 */

/** Token on a link: nothing yet, a value, an absence, a refusal. Absence is dead once the node took it. */
export const NONE = 0;
export const VALUE = 1;
export const ABSENT = 2;
export const REFUSED = 3;

export const PENDING = 0;
export const READY = 1;
export const OPEN = 2;
export const SUCCEEDED = 3;
export const SKIPPED = 4;
export const FAILED = 5;
/** First of the settled ones: `SUCCEEDED`. */
export const SETTLED = 3;

/** `waiting`: for its next try, or (with `wait`) a moment or a person. `between`: two rounds of a loop. Both count as under way. */
export type CellStatus = "idle" | "running" | "waiting" | "between" | "done" | "failed";

export type OpenCell = {
  readonly c: number;
  status: CellStatus;
  /** Attempts so far, over retries, fallback and crashes. */
  attempts: number;
  /** Retries used up of the present component's budget. */
  retries: number;
  /** Waits for room, which cost no retry. */
  waits: number;
  crashes: number;
  fallback: boolean;
  /** Journal number of the running attempt. */
  id: number;
  due: number;
  /** Child run of a nested workflow, or -1. */
  child: number;
  out: PortValues | undefined;
  failure: Failure | undefined;
  /** Random number of the last failure, for the delay of a retry. */
  jitter: number;
  failedAt: number;
  /** What the error port's links would carry; undefined: the host has not been asked. */
  links: readonly Finding[] | undefined;
  /** Results of effects, and what people answered to its code (by `answerKey`): kept over attempts. */
  effects: Map<string, Handle> | undefined;
  /** A full queue (or the order of activations) holds its attempt back. */
  held: boolean;
  /** Of a loop, from 1. */
  round: number;
  /** What the last round of a loop gives to the next, by input port. */
  carried: PortValues | undefined;
  /** `late`: its timer is the end of the time for an answer. `name`: with the answer the code of its step runs again. */
  wait: { readonly ask: Ask | undefined; readonly late: boolean; readonly name?: string } | undefined;
  /** What a person answered, for the undo log. */
  answer: KeptAnswer | undefined;
};

/** What an attempt sent before its end. */
export type Emit = { readonly port: string; readonly value: Handle; readonly links: readonly Finding[] };

export type OpenActivation = {
  readonly node: number;
  readonly n: number;
  /** By port; a port that is absent and optional has no key. */
  readonly inputs: PortValues;
  /** Items; 1 for unmapped steps; -1 until measured. */
  count: number;
  readonly cells: OpenCells;
  /** The first item never started. */
  next: number;
  /** Cells to start again. */
  readonly again: number[];
  /** Cells whose attempt or child run is under way. */
  running: number;
  /** Cells whose failure waits for a verdict. */
  pending: number;
  done: number;
  failed: number;
  /** Set when the activation failed as a whole: it waits for its verdict, or stopped the run (`halted`). */
  failure: Failure | undefined;
  halted: boolean;
  /** Failed for good under `continue`: all that is missing is what its error port carries. */
  closing: boolean;
  links: readonly Finding[] | undefined;
  out: PortValues | undefined;
  /** How many values each port was sent ahead of the end. */
  emits: Map<string, number> | undefined;
  /** Those that wait until all older activations have sent theirs. */
  kept: Emit[] | undefined;
};

/** An activation that is over, while an older one of its node is not: what it will send. */
export type EndedActivation = {
  readonly status: number;
  readonly out: PortValues;
  readonly links: readonly Finding[];
  readonly emits: ReadonlyMap<string, number> | undefined;
  readonly kept: readonly Emit[] | undefined;
};

/** `failure` is set where no open activation holds it (units). */
export type Verdict = { readonly node: number; readonly n: number; readonly c: number; readonly failure?: Failure };

export type RunState = {
  readonly index: number;
  readonly workflow: WorkflowPlan;
  readonly topology: Topology;
  readonly parent: Cell | null;
  readonly depth: number;
  status: "running" | "stopping" | "rolling" | "failed" | "completed" | "cancelled";
  readonly need: Int32Array;
  readonly depends: Int32Array;
  /** Of the present or last activation. */
  readonly node: Uint8Array;
  readonly begun: Int32Array;
  readonly released: Int32Array;
  /** Open activations by node. */
  readonly opened: Int32Array;
  /** Tokens that are no values, per node: zero means the fast path. */
  readonly odd: Int32Array;
  /** First token of a slot. */
  readonly token: Uint8Array;
  /** Value of a token, or the failure of a refusal, by slot. */
  readonly carried: (Handle | Failure | undefined)[];
  /** Tokens behind the first, by slot. */
  readonly behind: Map<number, TokenRing>;
  /** Tokens that were taken before they came (activations taken over from another run), by slot. */
  readonly owed: Map<number, number>;
  tokens: number;
  /** 1: the link has carried something. */
  readonly sent: Uint8Array;
  /** Values of `merge: collect`, by link. */
  readonly collected: Map<number, Handle[]>;
  /** Values given from outside, by unit node. */
  readonly given: Map<number, Handle>;
  /** Values set from outside that wait for their unit's turn. */
  readonly sets: Map<number, Handle[]>;
  readonly heaps: readonly ReadyHeap[];
  /** Ready nodes of stages not reached yet (parallel). */
  readonly later: Map<number, number[]>;
  /** 1 while the node is in its heap or in `later`. */
  readonly queued: Uint8Array;
  /** Sum of `queued`. */
  offered: number;
  /** Open activations with a cell to start, by node, in order. */
  readonly startable: Map<number, number[]>;
  /** Ready nodes to be skipped or failed without an attempt, in the order they became ready. */
  readonly barren: Set<number>;
  /** Nodes that failed without an attempt under `stop`; a resume looks at them again. */
  readonly stuck: Set<number>;
  /** By `openKey`. */
  readonly open: Map<number, OpenActivation>;
  /** By `openKey`. */
  readonly ended: Map<number, EndedActivation>;
  /** Activations whose attempt is held back, by `openKey`. */
  readonly heldBack: Map<number, OpenActivation>;
  /** By `node:n:c`, in order of arrival. `c` is -1 for the activation as a whole. */
  readonly verdicts: Map<string, Verdict>;
  /** Cells whose next round is to begin, by `node:n:c`. */
  readonly between: Map<string, Cell>;
  /** Activations that are neither settled nor failed nor held: what sequential and the groups of parallel wait for. */
  busy: number;
  /** Units whose tokens are all there but not looked at yet: sequential waits for them too, to keep its order. */
  unitsAsked: number;
  running: number;
  held: number;
  /** Nodes that have not settled once. */
  unsettled: number;
  stage: number;
  /** Its triggers are closed. */
  closing: boolean;
  /** A hint: nothing is to be closed at nodes that come before this one in topological order. */
  closedTo: number;
  /** Where a checkpoint keeps state. */
  changes: Changes | undefined;
  readonly triggers: TriggerState[];
  readonly queues: QueueState[];
  recovery: RunRecovery;
  readonly outputs: Map<number, Handle>;
  cause: Failure | undefined;
  /** When the time of the run is up; Infinity: never. */
  deadline: number;
};

export type ErrandKind = "unit" | "measure" | "gather" | "judge";
/** Something only the host can find out, because it looks at values. Answered by one input event. `c` is 0 but for "judge". */
export type Errand = Cell & { readonly kind: ErrandKind };

/** `retry`: a failed cell's next try. `wait`: a suspended cell. `trigger`: free for triggers, with the trigger as `node`. */
export type Timer = Cell & { readonly kind: "retry" | "wait" | "trigger"; readonly due: number };

export type RunTree = {
  readonly plan: Plan;
  topologies: readonly Topology[];
  /** Child runs are dropped once their step's cell will not go on with them; indexes are never used again. */
  readonly runs: (RunState | undefined)[];
  seq: number;
  id: string;
  name: string;
  createdAt: number;
  startedAt: number;
  pausedAt: number;
  paused: boolean;
  cancelled: boolean;
  ended: boolean;
  /** Somebody asked for the end: triggers are closed, and no run waits for one. */
  finished: boolean;
  readonly recovery: TreeRecovery;
  readonly errands: Map<string, Errand>;
  readonly dirty: Set<number>;
  /** Runs whose next attempt was not admitted. */
  readonly hungry: Set<number>;
  /** The earliest first. */
  readonly timers: Timer[];
  /** Runs with a deadline. */
  readonly timed: Set<number>;
  /** Runs with triggers. */
  readonly reacting: Set<number>;
  /** By run: what calls of its steps, and of those in it, used up. */
  readonly spent: { [run: number]: Amounts };
};

export function createTree(plan: Plan): RunTree {
  return {
    plan,
    topologies: plan.workflows.map(topologyOf),
    runs: [],
    seq: 0,
    id: "",
    name: "",
    createdAt: 0,
    startedAt: 0,
    pausedAt: 0,
    paused: false,
    cancelled: false,
    ended: false,
    finished: false,
    recovery: createTreeRecovery(plan),
    errands: new Map(),
    dirty: new Set(),
    hungry: new Set(),
    timers: [],
    timed: new Set(),
    reacting: new Set(),
    spent: {},
  };
}

export function createRun(topology: Topology, index: number, parent: Cell | null, depth: number, at: number): RunState {
  const { workflow } = topology;
  return {
    index,
    workflow,
    topology,
    parent,
    depth,
    status: "running",
    need: topology.need.slice(),
    depends: topology.depends.slice(),
    node: new Uint8Array(workflow.nodes.length),
    begun: new Int32Array(workflow.nodes.length),
    released: new Int32Array(workflow.nodes.length),
    opened: new Int32Array(workflow.nodes.length),
    odd: new Int32Array(workflow.nodes.length),
    token: new Uint8Array(workflow.links.length),
    carried: new Array<Handle | Failure | undefined>(workflow.links.length),
    behind: new Map(),
    owed: new Map(),
    tokens: 0,
    sent: new Uint8Array(workflow.links.length),
    collected: new Map(),
    given: new Map(),
    sets: new Map(),
    heaps: Array.from({ length: topology.laneCount }, () => new ReadyHeap(topology.priority)),
    later: new Map(),
    queued: new Uint8Array(workflow.nodes.length),
    offered: 0,
    startable: new Map(),
    barren: new Set(),
    stuck: new Set(),
    open: new Map(),
    ended: new Map(),
    heldBack: new Map(),
    verdicts: new Map(),
    between: new Map(),
    busy: 0,
    unitsAsked: 0,
    running: 0,
    held: 0,
    unsettled: workflow.nodes.length,
    stage: 0,
    closing: false,
    closedTo: 0,
    changes: createChanges(workflow),
    triggers: createTriggers(workflow, at),
    queues: createQueues(workflow),
    recovery: createRunRecovery(at),
    outputs: new Map(),
    cause: undefined,
    deadline: Number.POSITIVE_INFINITY,
  };
}

export function createCell(c: number): OpenCell {
  return {
    c,
    status: "idle",
    attempts: 0,
    retries: 0,
    waits: 0,
    crashes: 0,
    fallback: false,
    id: 0,
    due: 0,
    child: -1,
    out: undefined,
    failure: undefined,
    jitter: 0,
    failedAt: 0,
    links: undefined,
    effects: undefined,
    held: false,
    round: 1,
    carried: undefined,
    wait: undefined,
    answer: undefined,
  };
}

/** Key of an activation in `open`, `ended` and `heldBack`: the node's own number for its first one. */
export function openKey(run: RunState, node: number, n: number): number {
  return (n - 1) * run.node.length + node;
}

/** A number given to the engine by its own journal that is out of range is a defect: the caller's fold would be wrong. */
export function runAt(tree: RunTree, index: number): RunState {
  const run = tree.runs[index];
  if (run === undefined) throw nanobrainError("E_INTERNAL", { what: `event for run ${index} of ${tree.runs.length}` });
  return run;
}
