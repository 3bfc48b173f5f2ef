import type { RunEvent } from "../kernel/event.js";
import { FAILED, OPEN, READY, type RunState, type RunTree, SETTLED, SKIPPED, SUCCEEDED } from "../kernel/state.js";
import { stepPath } from "../kernel/step-path.js";

/*
 * What must hold of every run, checked from outside the kernel's own bookkeeping.
 * R1. A step starts when all it waits for has settled (a linear extension of the tokens).
 * R2. Sequential: one activation at a time, retries included, in topological order.
 * R3. Parallel: no step starts before all of lesser depth have settled. Graph: nothing that may start is left waiting for others.
 * R4. A node settles once.
 * R5. Nothing starts while paused, stopping, cancelled or ended.
 * R6. At the end nothing is left: no token, timer, errand, open activation, child run or attempt.
 */

/** Says what an event broke; undefined: nothing. Asked after the event was folded. */
export function brokenRule(tree: RunTree, event: RunEvent): string | undefined {
  switch (event.type) {
    case "attempt.started":
    case "activation.started":
      return startRules(tree, event.run, event.node, event);
    case "run.started":
      return "parent" in event ? startRules(tree, event.parent.run, event.parent.node, event) : undefined;
    case "run.reopened":
      return startRules(tree, event.parent.run, event.parent.node, event);
    default:
      return undefined;
  }
}

function startRules(tree: RunTree, index: number, node: number, event: RunEvent): string | undefined {
  const run = tree.runs[index];
  if (run === undefined) return `R5: ${event.type} in a run that is gone`;
  const where = `${event.type} ${stepPath(tree, index, node)} at ${event.seq}`;
  if (tree.paused || tree.cancelled || tree.ended || !isLive(tree, run)) return `R5: ${where}`;
  const early = predecessors(run, node).find((before) => (run.node[before] ?? 0) < SETTLED);
  if (early !== undefined) return `R1: ${where} before ${run.workflow.nodes[early]?.name}`;
  if (run.workflow.strategy === "sequential") return sequentialRule(run, node, where);
  if (run.workflow.strategy === "parallel") return barrierRule(run, node, where);
  return undefined;
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
    if (run === undefined || !isLive(tree, run)) return [];
    const ready = run.workflow.steps.filter((step) => run.node[step] === READY);
    const may = ready.filter((step) => {
      if (run.workflow.strategy === "graph") return true;
      if (run.workflow.strategy === "sequential") return run.open.size === 0 && unitsAsked(tree, run) === 0;
      return barrierRule(run, step, "") === undefined;
    });
    return may.map((step) => stepPath(tree, run.index, step));
  });
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
  expectNone("unsettled nodes", root.node.filter((status) => status < SETTLED).length + root.unsettled);
  expectNone("links without token", root.token.filter((token) => token === 0).length);
  expectNone("values kept", root.carried.filter((value) => value !== undefined).length);
  expectNone("queued nodes", root.queued.filter((queued) => queued !== 0).length);
  expectNone(
    "nodes in heaps",
    root.heaps.reduce((sum, heap) => sum + heap.items().length, 0),
  );
  expectNone("nodes kept for later", [...root.later.values()].flat().length);
  expectNone("barren or stuck nodes", root.barren.size + root.stuck.size);
  expectNone(
    "steps missing in their stage",
    root.stageLeft.reduce((sum, count) => sum + Math.abs(count), 0),
  );
  return left;
}

const words = new Map([
  [OPEN, "open"],
  [SUCCEEDED, "succeeded"],
  [SKIPPED, "skipped"],
  [FAILED, "failed"],
]);

/** How each node ended, by path, over the whole tree. */
export class Endings {
  /** R4: what settled twice. */
  readonly doubles: string[] = [];
  readonly #statuses = new Map<string, string>();
  /** Paths of failed child runs and their indexes. */
  readonly #failed = new Map<string, number>();

  /** Asked after each event. */
  note(tree: RunTree, event: RunEvent): void {
    this.#noteRun(tree, event);
    if (!("node" in event)) return;
    const status = tree.runs[event.run]?.node[event.node] ?? 0;
    if (status < SETTLED) return;
    const path = stepPath(tree, event.run, event.node);
    if (this.#statuses.has(path)) this.doubles.push(`R4: ${path} by ${event.type} at ${event.seq}`);
    this.#statuses.set(path, words.get(status) ?? String(status));
  }

  /**
   * Sorted `path status` lines. How far a failed child run came depends on the strategy, and which items of a failed map ran on
   * time: what lies in them is left out.
   */
  lines(): readonly string[] {
    const failed = [...this.#statuses].flatMap(([path, status]) => (status === "failed" ? [`${path}[`] : []));
    const within = [...this.#failed.keys(), ...failed];
    const kept = [...this.#statuses].filter(([path]) => !within.some((prefix) => path.startsWith(prefix)));
    return kept.map(([path, status]) => `${path} ${status}`).sort();
  }

  #noteRun(tree: RunTree, event: RunEvent): void {
    if (event.type === "run.failed") {
      const parent = tree.runs[event.run]?.parent;
      if (parent) this.#failed.set(`${stepPath(tree, parent.run, parent.node, parent.c)}/`, event.run);
    }
    if (event.type !== "run.reopened" && event.type !== "run.resumed") return;
    for (const [path, run] of this.#failed) if (tree.runs[run]?.status === "running") this.#failed.delete(path);
  }
}
