import type { WorkflowPlan } from "../../plan/plan.js";

/** Which nodes of one run of a fork run again, and why. */
export class ForkLevel {
  readonly #workflow: WorkflowPlan;
  /** Why a node, and all that is downstream of it, is not taken over. */
  readonly reasons = new Map<number, string>();
  #opened = 0;

  constructor(workflow: WorkflowPlan) {
    this.#workflow = workflow;
  }

  /** Node numbers, each behind what it depends on. */
  get inOrder(): readonly number[] {
    const { nodes } = this.#workflow;
    return nodes.map((_, node) => node).sort((a, b) => (nodes[a]?.rank ?? 0) - (nodes[b]?.rank ?? 0));
  }

  isAgain(node: number): boolean {
    return this.reasons.has(node);
  }

  runAgain(node: number, reason: string): void {
    this.reasons.set(node, reason);
    this.follow(node, `it follows ${this.#workflow.nodes[node]?.name ?? ""}`);
  }

  /** A part of it runs again: what follows it does, and itself is under way. */
  open(node: number, reason: string): void {
    this.#opened += 1;
    this.runAgain(node, reason);
  }

  /** What is downstream of a node runs again. */
  follow(node: number, reason: string): void {
    const queue = [node];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const next of this.#after(at)) {
        if (next < 0 || next === node || this.reasons.has(next)) continue;
        this.reasons.set(next, reason);
        queue.push(next);
      }
    }
  }

  /** The nodes that its tokens, or its order, reach directly. */
  #after(node: number): readonly number[] {
    const { nodes, links } = this.#workflow;
    const targets = (nodes[node]?.outLinks ?? []).flatMap((number) => {
      const link = links[number];
      const queue = link?.queue === undefined ? undefined : this.#workflow.queues[link.queue];
      return (queue?.links ?? [number]).map((one) => links[one]?.to.node ?? -1);
    });
    const ordered = nodes.flatMap((other, index) => (other.dependsOn.includes(node) ? [index] : []));
    return [...targets, ...ordered];
  }

  /**
   * Whether a step may be under way when the fork begins, as its strategy would have it: the one step that is next, or one
   * whose stage is reached.
   */
  mayOpen(node: number): boolean {
    const { nodes, strategy } = this.#workflow;
    const steps = [...this.reasons.keys()].filter((one) => nodes[one]?.kind === "step");
    if (strategy === "sequential") return this.#opened === 0 && steps.length === 0;
    if (strategy === "parallel") return steps.every((one) => (nodes[one]?.depth ?? 0) >= (nodes[node]?.depth ?? 0));
    return true;
  }
}
