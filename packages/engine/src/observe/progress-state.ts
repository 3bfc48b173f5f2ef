import type { RunStatus } from "../contracts/store.js";
import type { Cell, Finding, PortValues } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { type Carried, outputNote, readFinding } from "./output-note.js";
import type { StepStatus } from "./summary.js";
import { countItem, createTally, type Tally } from "./tally.js";
import {
  countEntered,
  newQueues,
  newTriggers,
  type QueueTrace,
  queuesInto,
  type TriggerTrace,
} from "./trace-reactions.js";

/** Counts of a run so far; changed by `applyProgress` alone. Steps of the root have tallies, nested ones only add to them. */
export type ProgressState = {
  readonly plan: Plan;
  readonly root: WorkflowPlan | undefined;
  readonly tallies: (Tally | undefined)[];
  /** By link and by node: number of the event that first brought a token, or settled it; 0: none did. */
  readonly carried: Float64Array;
  readonly unitSet: Float64Array;
  readonly gates: Map<number, Carried & { readonly seq: number }>;
  readonly triggers: readonly TriggerTrace[];
  readonly queues: readonly QueueTrace[];
  /** Cells that wait for a person, in any run, with the root's step they belong to. */
  readonly asks: Map<string, number>;
  rollbacks: { readonly count: number; readonly rolling: boolean; readonly reason: string };
  /** Number of the event that is folded. */
  seq: number;
  /** False in workflows so large that nobody reads a note per step. */
  readonly noted: boolean;
  /** By run: the root's node it belongs to, or -1. */
  readonly owner: number[];
  /** By run: its workflow, and the cell it runs for. */
  readonly workflow: number[];
  readonly parents: (Cell | undefined)[];
  status: RunStatus;
  settled: number;
  running: number;
  /** Attempts under way, by run. */
  readonly runningIn: number[];
  startedAt: number | null;
  endedAt: number | null;
};

/** Activations whose emitted ports are remembered: what one sends at its end comes right after it has settled. */
const sentKept = 64;

/** Steps and units of a workflow whose steps have notes on what they gave. */
const mostNoted = 2000;

export function emptyProgress(plan: Plan): ProgressState {
  const root = plan.workflows[0];
  const tallies: (Tally | undefined)[] = [];
  for (const node of root?.steps ?? []) {
    const planned = root?.nodes[node];
    if (planned !== undefined) tallies[node] = createTally(node, planned);
  }
  return {
    plan,
    root,
    tallies,
    carried: new Float64Array(root?.links.length ?? 0),
    unitSet: new Float64Array(root?.nodes.length ?? 0),
    gates: new Map(),
    triggers: root?.strategy === "event_driven" ? newTriggers(root.triggers) : [],
    queues: newQueues(root?.queues.length ?? 0),
    asks: new Map(),
    rollbacks: { count: 0, rolling: false, reason: "" },
    seq: 0,
    noted: tallies.length <= mostNoted,
    owner: [-1],
    workflow: [0],
    parents: [],
    status: "pending",
    settled: 0,
    running: 0,
    runningIn: [],
    startedAt: null,
    endedAt: null,
  };
}

export function startAttempt(fold: ProgressState, run: number): void {
  fold.running++;
  fold.runningIn[run] = (fold.runningIn[run] ?? 0) + 1;
}

/** Nothing happens where its run had come to its end before. */
export function endAttempt(fold: ProgressState, run: number): void {
  const under = fold.runningIn[run] ?? 0;
  if (under === 0) return;
  fold.running--;
  fold.runningIn[run] = under - 1;
}

/** A run that ends leaves its held attempts where they are; the end of the root leaves none. */
export function endAttemptsOf(fold: ProgressState, run: number): void {
  if (run === 0) fold.running = 0;
  else fold.running -= fold.runningIn[run] ?? 0;
  fold.runningIn[run] = 0;
  if (run === 0) fold.runningIn.fill(0);
}

export function tallyOf(fold: ProgressState, at: { readonly run: number; readonly node: number }): Tally | undefined {
  return fold.tallies[at.run === 0 ? at.node : (fold.owner[at.run] ?? -1)];
}

export function isMapped(fold: ProgressState, node: number): boolean {
  return fold.root?.nodes[node]?.step?.forEach !== undefined;
}

/** What a step gave, in brief. */
export function noteOf(fold: ProgressState, out: PortValues): string {
  return fold.noted ? outputNote(out) : "";
}

export function isWhole(fold: ProgressState, node: number): boolean {
  const step = fold.root?.nodes[node]?.step;
  return step?.repeat === undefined && !isMapped(fold, node);
}

/** `port`: only the links of this port, which sent while its step goes on. What an activation sent so is not sent again at its end. */
export function carry(
  fold: ProgressState,
  { node, n }: { readonly node: number; readonly n: number },
  findings: readonly Finding[],
  port?: string,
): void {
  const links = fold.root?.nodes[node]?.outLinks ?? [];
  const sent = port === undefined ? fold.tallies[node]?.sent.get(n) : undefined;
  for (let position = 0; position < links.length; position++) {
    const index = links[position] ?? 0;
    const link = fold.root?.links[index];
    if (link === undefined || (port !== undefined && link.from.port !== port)) continue;
    if (sent?.has(link.from.port) === true) continue;
    const finding = findings[position] ?? 0;
    if (link.queue !== undefined) enqueue(fold, link.queue, index, finding);
    else if (fold.carried[index] === 0) fold.carried[index] = fold.seq;
    if (link.kind === "conditional") fold.gates.set(index, { ...readFinding(finding), seq: fold.seq });
  }
}

/** The first link of a queue stands for all of them. */
function enqueue(fold: ProgressState, queue: number, index: number, finding: Finding): void {
  const links = fold.root?.queues[queue]?.links ?? [];
  if (links[0] !== index) return;
  for (const link of links) fold.carried[link] ||= fold.seq;
  if (typeof finding === "object" && "queued" in finding)
    countEntered(fold.queues[queue], finding, fold.seq, fold.root?.restorable === true);
}

/** An activation ends. Others of the step may still be under way. */
export function settle(
  fold: ProgressState,
  tally: Tally,
  status: StepStatus,
  { n, at }: { readonly n: number; readonly at: number },
  remark: string,
): void {
  noteBegun(fold, tally, n, at);
  tally.open.delete(n);
  tally.sent.delete(n - sentKept);
  if (n >= tally.last.n) tally.last = { n, status, remark };
  tally.round = 0;
  tally.settledIn = fold.seq;
  if (status === "succeeded" && tally.items === null) tally.done = 1;
  if (tally.open.size > 0 && status !== "failed") return;
  if (tally.endedAt === null) fold.settled++;
  tally.status = tally.open.size > 0 ? status : tally.last.status;
  tally.remark = tally.open.size > 0 ? remark : tally.last.remark;
  tally.endedAt = at;
}

/** The first that is heard of an activation: it takes an item of each queue in front of it. */
export function noteBegun(fold: ProgressState, tally: Tally, n: number, at: number): void {
  if (n <= tally.begun) return;
  tally.begun = n;
  tally.begunIn ||= fold.seq;
  tally.open.add(n);
  if (tally.endedAt !== null) {
    fold.settled--;
    tally.idleMs += Math.max(0, at - tally.endedAt);
    tally.endedAt = null;
  }
  tally.startedAt ??= at;
  for (const queue of queuesBefore(fold, tally.node)) queue.taken++;
}

export function queuesBefore(fold: ProgressState, node: number): readonly QueueTrace[] {
  if (fold.root === undefined || fold.queues.length === 0) return [];
  return queuesInto(fold.root, node).flatMap((at) => {
    const queue = fold.queues[at];
    return queue === undefined ? [] : [queue];
  });
}

export function begin(fold: ProgressState, cell: Cell, at: number): void {
  const tally = fold.tallies[cell.node];
  if (cell.run !== 0 || tally === undefined) return;
  noteBegun(fold, tally, cell.n, at);
  if (tally.endedAt !== null) fold.settled--;
  tally.open.add(cell.n);
  tally.status = "running";
  tally.startedAt ??= at;
  tally.endedAt = null;
  if (tally.items === null) {
    tally.remark = "";
    return;
  }
  if (tally.items.failed.delete(cell.c)) tally.done--;
  tally.items.begun.set(cell.c, at);
}

export function itemDone(fold: ProgressState, cell: Cell, at: number): void {
  const tally = fold.tallies[cell.node];
  if (cell.run === 0 && tally !== undefined) countItem(tally, cell.c, at);
}
