import type { Activation, RunEvent } from "../kernel/event.js";
import { type OpenActivation, READY, type RunState, type RunTree, SETTLED } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";
import { isEmptyRing } from "../kernel/token-ring.js";
import type { WorkflowPlan } from "../plan/plan.js";
import { isHeldAt } from "./symbolic-look.js";

/*
 * What must hold of every run, checked from outside the kernel's own bookkeeping.
 * R1. A step starts when all it waits for has settled (a linear extension of the tokens).
 * R2. Sequential: one activation at a time, retries included, in topological order.
 * R3. Parallel: no step starts before all of lesser depth have settled. Graph: nothing that may start is left waiting for others.
 * R4. A node settles once.
 * R5. Nothing starts while paused, stopping, cancelled or ended.
 * R6. At the end nothing is left: no token, timer, errand, open activation, child run or attempt.
 * Where steps may fire more than once, R1 is told by counting tokens (`token-count`), R2 leaves out who is held back and the order,
 * and R3 says that a stage is reached when nothing of the stages before it is under way.
 */

/** Says what an event broke; undefined: nothing. Asked after the event was folded. */
export function brokenRule(tree: RunTree, event: RunEvent): string | undefined {
  switch (event.type) {
    case "attempt.started":
    case "activation.started":
      return startRules(tree, event, event);
    case "run.started":
      return "parent" in event ? startRules(tree, event.parent, event) : undefined;
    case "run.reopened":
      return startRules(tree, event.parent, event);
    case "stage.reached":
      return stageRule(tree, event);
    default:
      return undefined;
  }
}

/** Whether no step of the workflow can fire more than once. */
export function firesOnce(workflow: WorkflowPlan): boolean {
  const { nodes, queues, triggers } = workflow;
  if (queues.length > 0 || triggers.length > 0) return false;
  return nodes.every(
    ({ knot, ports, step }) =>
      knot < 0 &&
      ports.every(({ merge, hold }) => merge !== "each" && merge !== "collect" && !hold) &&
      step?.component?.config["emits"] === undefined,
  );
}

function startRules(tree: RunTree, { run: index, node, n }: Activation, event: RunEvent): string | undefined {
  const run = tree.runs[index];
  if (run === undefined) return `R5: ${event.type} in a run that is gone`;
  const where = `${event.type} ${stepPath(tree, index, node)} at ${event.seq}`;
  if (tree.paused || tree.cancelled || tree.ended || !isLive(tree, run)) return `R5: ${where}`;
  if (!firesOnce(run.workflow)) return oftenRules(tree, run, { run: index, node, n }, where);
  const early = predecessors(run, node).find((before) => (run.node[before] ?? 0) < SETTLED);
  if (early !== undefined) return `R1: ${where} before ${run.workflow.nodes[early]?.name}`;
  if (run.workflow.strategy === "sequential") return sequentialRule(run, node, where);
  if (run.workflow.strategy === "parallel") return barrierRule(run, node, where);
  return undefined;
}

function oftenRules(tree: RunTree, run: RunState, at: Activation, where: string): string | undefined {
  const open = [...run.open.values()].filter((one) => one.node === at.node).length;
  const { concurrency = 1 } = run.workflow.nodes[at.node]?.step ?? {};
  if (open > concurrency) return `${open} activations at once: ${where}`;
  const { strategy } = run.workflow;
  const depth = run.workflow.nodes[at.node]?.depth ?? 0;
  if (strategy === "parallel" && depth > run.stage) return `R3: ${where} at stage ${run.stage}`;
  if (strategy !== "sequential") return undefined;
  // What a stop left open goes on in its turn.
  const other = underWay(tree, run).find(({ node, n, running }) => running > 0 && (node !== at.node || n !== at.n));
  return other === undefined ? undefined : `R2: ${where} beside ${run.workflow.nodes[other.node]?.name} ${other.n}`;
}

/** Activations that nothing holds back. */
function underWay(tree: RunTree, run: RunState): readonly OpenActivation[] {
  return [...run.open.values()].filter(
    ({ node, n, halted, cells }) =>
      !halted && ![...cells.keys()].some((c) => isHeldAt(tree, { run: run.index, node, n, c })),
  );
}

function stageRule(tree: RunTree, event: Extract<RunEvent, { type: "stage.reached" }>): string | undefined {
  const run = tree.runs[event.run];
  if (run === undefined) return `R3: a stage of a run that is gone`;
  const isBefore = (node: number) => (run.workflow.nodes[node]?.depth ?? 0) < event.stage;
  const open = underWay(tree, run).find(({ node }) => isBefore(node));
  return open === undefined
    ? undefined
    : `R3: stage ${event.stage} at ${event.seq} before ${run.workflow.nodes[open.node]?.name} has settled`;
}

function isLive(tree: RunTree, run: RunState): boolean {
  for (let at: RunState | undefined = run; at !== undefined; at = at.parent ? tree.runs[at.parent.run] : undefined)
    if (at.status !== "running") return false;
  return true;
}

function predecessors(run: RunState, node: number): readonly number[] {
  const plan = run.workflow.nodes[node];
  const linked = plan?.ports.flatMap((port) => port.links.map((link) => run.workflow.links[link]?.from.node ?? -1));
  return [...(linked ?? []), ...(plan?.dependsOn ?? [])];
}

function sequentialRule(run: RunState, node: number, where: string): string | undefined {
  const other = [...run.open.values()].find((activation) => activation.node !== node && !activation.halted);
  if (other !== undefined) return `R2: ${where} beside ${run.workflow.nodes[other.node]?.name}`;
  const rank = run.workflow.nodes[node]?.rank ?? 0;
  const passed = run.workflow.steps.find(
    (step) => (run.workflow.nodes[step]?.rank ?? 0) < rank && (run.node[step] ?? 0) < SETTLED,
  );
  return passed === undefined ? undefined : `R2: ${where} before ${run.workflow.nodes[passed]?.name}`;
}

function barrierRule(run: RunState, node: number, where: string): string | undefined {
  const depth = run.workflow.nodes[node]?.depth ?? 0;
  const open = run.workflow.steps.find(
    (step) => (run.workflow.nodes[step]?.depth ?? 0) < depth && (run.node[step] ?? 0) < SETTLED,
  );
  return open === undefined ? undefined : `R3: ${where} before ${run.workflow.nodes[open]?.name} of a lesser depth`;
}

/** Steps left waiting although room is unlimited and the strategy lets them start. Asked when there is nothing to decide. */
export function idleSteps(tree: RunTree): readonly string[] {
  if (tree.paused || tree.cancelled || tree.ended) return [];
  return tree.runs.flatMap((run) => {
    if (run === undefined || !isLive(tree, run) || !firesOnce(run.workflow)) return [];
    const ready = run.workflow.steps.filter((step) => run.node[step] === READY);
    const may = ready.filter((step) => {
      if (run.workflow.strategy === "graph" || run.workflow.strategy === "event_driven") return true;
      if (run.workflow.strategy === "sequential") return run.open.size === 0 && unitsAsked(tree, run) === 0;
      return barrierRule(run, step, "") === undefined && !(unitsAsked(tree, run) > 0 && isAhead(run, step));
    });
    return may.map((step) => stepPath(tree, run.index, step));
  });
}

/** Of a stage that is not reached yet. Units may still bring tokens to the stages before it. */
function isAhead(run: RunState, node: number): boolean {
  return (run.workflow.nodes[node]?.depth ?? 0) > run.stage;
}

function unitsAsked(tree: RunTree, run: RunState): number {
  return [...tree.errands.values()].filter((errand) => errand.kind === "unit" && errand.run === run.index).length;
}

/** What is left over of a run that completed. */
export function leftovers(tree: RunTree): readonly string[] {
  const [root, ...children] = tree.runs;
  if (root === undefined) return ["no root run"];
  const left: string[] = [];
  const expectNone = (what: string, count: number) => count > 0 && left.push(`${count} ${what}`);
  expectNone("child runs", children.filter((run) => run !== undefined).length);
  expectNone("errands", tree.errands.size);
  expectNone("timers", tree.timers.length);
  expectNone("deadlines", tree.timed.size);
  expectNone("open activations", root.open.size);
  expectNone("verdicts", root.verdicts.size);
  expectNone("attempts", root.running);
  expectNone("busy activations", root.busy);
  expectNone("units asked", root.unitsAsked);
  expectNone("unsettled nodes", unsettled(root));
  expectNone("nodes more or less than counted as unsettled", Math.abs(root.unsettled - emptyLetters(root)));
  expectNone("tokens", root.tokens + [...root.behind.values()].filter((ring) => !isEmptyRing(ring)).length);
  expectNone("values kept for nobody", keptForNobody(root));
  expectNone("activations that wait for their turn", root.ended.size);
  expectNone("held activations", root.heldBack.size + root.held);
  expectNone("rounds to begin", root.between.size);
  for (const queue of root.queues)
    expectNone("items of a queue", queue.waiting + queue.flights.size + queue.letters.length);
  expectNone("queued nodes", root.queued.filter((queued) => queued !== 0).length);
  expectNone(
    "nodes in heaps",
    root.heaps.reduce((sum, heap) => sum + heap.items().length, 0),
  );
  expectNone("nodes kept for later", [...root.later.values()].flat().length);
  expectNone("barren or stuck nodes", root.barren.size + root.stuck.size);
  return left;
}

/** Units of dead letters that no queue ever gave one: they have nothing to settle. */
function emptyLetters({ workflow, begun }: RunState): number {
  return workflow.queues.filter((queue) => begun[queue.letters] === 0).length;
}

function unsettled(run: RunState): number {
  return run.node.filter((status) => status < SETTLED).length - emptyLetters(run);
}

/** Values in slots that give up their token. */
function keptForNobody(run: RunState): number {
  const isKept = (link: number) => {
    const to = run.workflow.links[link]?.to;
    const node = run.workflow.nodes[to?.node ?? -1];
    return node?.step?.triggered === true || node?.ports.find((port) => port.name === to?.port)?.hold === true;
  };
  return run.carried.filter((value, link) => value !== undefined && !isKept(link)).length;
}
