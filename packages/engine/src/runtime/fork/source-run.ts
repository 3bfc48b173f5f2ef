import type { Handle } from "../../contracts/handle.js";
import type { Cell, PortValues, RunEvent } from "../../kernel/event.js";
import type { Plan, PlanNode } from "../../plan/plan.js";

/** What one node of a run gave, as far as a fork can take it over. */
export type SourceNode = {
  settled: { readonly status: "succeeded" | "skipped"; readonly out: PortValues } | undefined;
  failed: boolean;
  /** Failed and passed over: what is gathered after that is the `error` port alone. */
  passedOver: boolean;
  /** It fired, or sent on a port, more than once: what it gave is more than one result. */
  many: boolean;
  value: Handle | undefined;
  /** Results of the items of a map, and child runs, by item (0 where the step is not mapped). */
  readonly items: Map<number, PortValues>;
  readonly children: Map<number, number>;
  /** Of a loop: what the last round that succeeded gave, by item. */
  readonly rounds: Map<number, PortValues>;
};

export type SourceRun = {
  readonly workflow: number;
  readonly parent: Cell | undefined;
  readonly nodes: Map<number, SourceNode>;
};

/** Reads what each run of a run tree gave, by its index. What was rolled back is left out. */
export function readSource(plan: Plan, events: readonly RunEvent[]): ReadonlyMap<number, SourceRun> {
  const runs = new Map<number, SourceRun>();
  for (const event of withoutUndone(events)) {
    if (event.type === "run.started") {
      const parent = "parent" in event ? event.parent : undefined;
      runs.set(event.run, { workflow: event.workflow, parent, nodes: new Map() });
      if (parent !== undefined) nodeOf(runs, parent.run, parent.node)?.children.set(parent.c, event.run);
    } else if (event.type === "run.completed") {
      keepChild(plan, runs, event.run);
    } else if ("run" in event && "node" in event) {
      const node = nodeOf(runs, event.run, event.node);
      const planned = plan.workflows[runs.get(event.run)?.workflow ?? -1]?.nodes[event.node];
      if (node !== undefined && planned !== undefined) keep(node, planned, event);
    }
  }
  return runs;
}

function nodeOf(runs: ReadonlyMap<number, SourceRun>, run: number, node: number): SourceNode | undefined {
  const nodes = runs.get(run)?.nodes;
  if (nodes === undefined || nodes.has(node)) return nodes?.get(node);
  const fresh: SourceNode = {
    settled: undefined,
    failed: false,
    passedOver: false,
    many: false,
    value: undefined,
    items: new Map(),
    children: new Map(),
    rounds: new Map(),
  };
  nodes.set(node, fresh);
  return fresh;
}

type OfNode = Extract<RunEvent, { readonly run: number; readonly node: number }>;

function keep(node: SourceNode, planned: PlanNode, event: OfNode): void {
  if ("n" in event && event.n > 1) node.many = true;
  const { step } = planned;
  switch (event.type) {
    case "unit.updated":
      node.value = event.value;
      return;
    case "attempt.emitted":
      node.many = true;
      return;
    case "attempt.succeeded":
      if (step?.repeat !== undefined) node.rounds.set(event.c, event.out);
      else if (step?.forEach === undefined) node.settled = { status: "succeeded", out: event.out };
      else node.items.set(event.c, event.out);
      return;
    case "attempt.failed":
    case "item.failed":
      node.rounds.delete(event.c);
      return;
    case "round.judged":
      if (event.stop && event.failure === undefined) endLoop(node, event.c);
      return;
    case "item.reused":
      node.items.set(event.c, event.out);
      return;
    case "activation.gathered":
      if (node.passedOver || event.failure !== undefined) return;
      node.settled = { status: "succeeded", out: event.out };
      for (const c of node.rounds.keys()) endLoop(node, c);
      return;
    case "activation.skipped":
      node.settled = { status: "skipped", out: {} };
      return;
    case "activation.failed":
      node.settled = undefined;
      node.failed = true;
      node.passedOver = event.handling === "continue";
      return;
    case "activation.reused":
      if (event.status !== "failed") node.settled = { status: event.status, out: event.out };
      return;
    default:
      return;
  }
}

/** The last round's outputs are the item's. */
function endLoop(node: SourceNode, c: number): void {
  const out = node.rounds.get(c);
  if (out !== undefined) node.items.set(c, out);
}

/** A completed child run is the result of its item, or of a round of it. */
function keepChild(plan: Plan, runs: ReadonlyMap<number, SourceRun>, index: number): void {
  const run = runs.get(index);
  const workflow = plan.workflows[run?.workflow ?? -1];
  if (run?.parent === undefined || workflow === undefined) return;
  const above = plan.workflows[runs.get(run.parent.run)?.workflow ?? -1]?.nodes[run.parent.node]?.step;
  const out: { [port: string]: Handle } = {};
  for (const output of workflow.outputs) {
    const value = run.nodes.get(output)?.value;
    if (value !== undefined) out[workflow.nodes[output]?.name ?? ""] = value;
  }
  const node = nodeOf(runs, run.parent.run, run.parent.node);
  if (above?.repeat === undefined) node?.items.set(run.parent.c, out);
  else node?.rounds.set(run.parent.c, out);
}

/** The events that still count: a rollback takes back what its run, and those below it, did since its checkpoint. */
function withoutUndone(events: readonly RunEvent[]): readonly RunEvent[] {
  const above = new Map<number, number>();
  const isBelow = (run: number, top: number): boolean => {
    for (let at: number | undefined = run; at !== undefined; at = above.get(at)) if (at === top) return true;
    return false;
  };
  let kept: RunEvent[] = [];
  for (const event of events) {
    if (event.type === "run.started" && "parent" in event) above.set(event.run, event.parent.run);
    if (event.type === "run.rolledback") {
      const { run, to } = event;
      kept = kept.filter((one) => one.seq <= to || !("run" in one) || !isBelow(one.run, run));
    }
    kept.push(event);
  }
  return kept;
}
