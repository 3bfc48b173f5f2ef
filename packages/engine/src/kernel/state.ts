import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import type { Cell, Finding, PortValues } from "./event.js";
import { ReadyHeap } from "./ready-heap.js";
import { type Topology, topologyOf } from "./topology.js";

/*
 * State of a run tree: the fold of its journal, changed in place by `evolve` alone.
 * I1. Only open activations are objects; settled nodes are numbers. Memory follows concurrency, not history.
 * I2. `running` counts attempts of the run and of all runs below it: a run has come to rest when it is 0.
 * I3. A node is in its lane's heap exactly while it has something to start and its stage is reached.
 * I4. Every verdict names an open cell (or activation) whose failure waits for a decision.
 * `dirty` and `hungry` are hints of where to look, not state.
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

export type CellStatus = "idle" | "running" | "waiting" | "done" | "failed";

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
  /** Results of effects, kept over attempts. */
  effects: Map<string, Handle> | undefined;
};

export type OpenActivation = {
  readonly node: number;
  readonly n: number;
  /** By port; a port that is absent and optional has no key. */
  readonly inputs: PortValues;
  /** Items; 1 for unmapped steps; -1 until measured. */
  count: number;
  readonly cells: Map<number, OpenCell>;
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
};

/** `failure` is set where no open activation holds it (units). */
export type Verdict = { readonly node: number; readonly c: number; readonly failure?: Failure };

export type RunState = {
  readonly index: number;
  readonly workflow: WorkflowPlan;
  readonly topology: Topology;
  readonly parent: Cell | null;
  readonly depth: number;
  status: "running" | "stopping" | "failed" | "completed" | "cancelled";
  readonly need: Int32Array;
  readonly depends: Int32Array;
  readonly node: Uint8Array;
  /** Tokens that are no values, per node: zero means the fast path. */
  readonly odd: Int32Array;
  readonly token: Uint8Array;
  /** Value of a token, or the failure of a refusal, by link. */
  readonly carried: (Handle | Failure | undefined)[];
  /** Values given from outside, by unit node. */
  readonly given: Map<number, Handle>;
  readonly heaps: readonly ReadyHeap[];
  /** Ready nodes of stages not reached yet (parallel). */
  readonly later: Map<number, number[]>;
  /** 1 while the node is in its heap or in `later`. */
  readonly queued: Uint8Array;
  /** Ready nodes to be skipped or failed without an attempt, in the order they became ready. */
  readonly barren: Set<number>;
  /** Nodes that failed without an attempt under `stop`; a resume looks at them again. */
  readonly stuck: Set<number>;
  readonly open: Map<number, OpenActivation>;
  /** By `node:c`, in order of arrival. `c` is -1 for the activation as a whole. */
  readonly verdicts: Map<string, Verdict>;
  /** Activations that are neither settled nor failed: what sequential waits for. */
  busy: number;
  /** Units whose tokens are all there but not looked at yet: sequential waits for them too, to keep its order. */
  unitsAsked: number;
  running: number;
  unsettled: number;
  stage: number;
  readonly stageLeft: Int32Array;
  readonly outputs: Map<number, Handle>;
  cause: Failure | undefined;
  /** When the time of the run is up; Infinity: never. */
  deadline: number;
};

export type ErrandKind = "unit" | "measure" | "gather";
/** Something only the host can find out, because it looks at values. Answered by one input event. */
export type Errand = { readonly kind: ErrandKind; readonly run: number; readonly node: number; readonly n: number };

export type Timer = Cell & { readonly due: number };

export type RunTree = {
  readonly plan: Plan;
  readonly topologies: readonly Topology[];
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
  readonly errands: Map<string, Errand>;
  readonly dirty: Set<number>;
  /** Runs whose next attempt was not admitted. */
  readonly hungry: Set<number>;
  /** Retries to come, the earliest first. */
  readonly timers: Timer[];
  /** Runs with a deadline. */
  readonly timed: Set<number>;
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
    errands: new Map(),
    dirty: new Set(),
    hungry: new Set(),
    timers: [],
    timed: new Set(),
  };
}

export function createRun(topology: Topology, index: number, parent: Cell | null, depth: number): RunState {
  const workflow = topology.workflow;
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
    odd: new Int32Array(workflow.nodes.length),
    token: new Uint8Array(workflow.links.length),
    carried: new Array<Handle | Failure | undefined>(workflow.links.length),
    given: new Map(),
    heaps: Array.from({ length: topology.laneCount }, () => new ReadyHeap(topology.priority)),
    later: new Map(),
    queued: new Uint8Array(workflow.nodes.length),
    barren: new Set(),
    stuck: new Set(),
    open: new Map(),
    verdicts: new Map(),
    busy: 0,
    unitsAsked: 0,
    running: 0,
    unsettled: workflow.nodes.length,
    stage: 0,
    stageLeft: topology.stageSize.slice(),
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
  };
}

/** A number given to the engine by its own journal that is out of range is a defect: the caller's fold would be wrong. */
export function runAt(tree: RunTree, index: number): RunState {
  const run = tree.runs[index];
  if (run === undefined) throw nanobrainError("E_INTERNAL", { what: `event for run ${index} of ${tree.runs.length}` });
  return run;
}
