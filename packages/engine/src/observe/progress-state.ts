import type { RunStatus } from "../contracts/store.js";
import type { Cell, Finding, PortValues } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { type Carried, outputNote, readFinding } from "./output-note.js";
import type { StepStatus } from "./summary.js";
import { countItem, createTally, type Tally } from "./tally.js";

/** Counts of a run so far; changed by `applyProgress` alone. Steps of the root have tallies, nested ones only add to them. */
export type ProgressState = {
  readonly plan: Plan;
  readonly root: WorkflowPlan | undefined;
  readonly tallies: (Tally | undefined)[];
  readonly carried: Uint8Array;
  readonly unitSet: Uint8Array;
  readonly gates: Map<number, Carried>;
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
  startedAt: number | null;
  endedAt: number | null;
};

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
    carried: new Uint8Array(root?.links.length ?? 0),
    unitSet: new Uint8Array(root?.nodes.length ?? 0),
    gates: new Map(),
    noted: tallies.length <= mostNoted,
    owner: [-1],
    workflow: [0],
    parents: [],
    status: "pending",
    settled: 0,
    running: 0,
    startedAt: null,
    endedAt: null,
  };
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
  return fold.root?.nodes[node]?.step?.workflow === undefined && !isMapped(fold, node);
}

export function carry(fold: ProgressState, node: number, findings: readonly Finding[]): void {
  const links = fold.root?.nodes[node]?.outLinks ?? [];
  for (let position = 0; position < links.length; position++) {
    const link = links[position] ?? 0;
    fold.carried[link] = 1;
    if (fold.root?.links[link]?.kind === "conditional") fold.gates.set(link, readFinding(findings[position] ?? 0));
  }
}

export function settle(fold: ProgressState, tally: Tally, status: StepStatus, at: number, remark: string): void {
  if (tally.endedAt === null) fold.settled++;
  tally.status = status;
  tally.startedAt ??= at;
  tally.endedAt = at;
  tally.remark = remark;
  if (status === "succeeded" && tally.items === null) tally.done = 1;
}

export function begin(fold: ProgressState, cell: Cell, at: number): void {
  const tally = fold.tallies[cell.node];
  if (cell.run !== 0 || tally === undefined) return;
  if (tally.endedAt !== null) fold.settled--;
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
