import type { Handle } from "../contracts/handle.js";
import type { Queued } from "../kernel/event.js";
import { giveNext, releaseItem, takeItem } from "../kernel/queues/give.js";
import { addAbsence, addItems } from "../kernel/queues/item-ranges.js";
import { type QueueShape, shapesOf } from "../kernel/queues/queue-shape.js";
import { createQueues, type QueueState } from "../kernel/queues/queue-state.js";
import type { WorkflowPlan } from "../plan/plan.js";
import { buildPlan } from "./plan-builder.js";
import type { QueueSpec } from "./plan-spec.js";

/** A workflow with one queue `q` from `p.x` to steps `t0`, `t1` ... */
export function workflowWithQueue(queue: Omit<QueueSpec, "link">, targets: number): WorkflowPlan {
  const names = Array.from({ length: targets }, (_, index) => `t${index}`);
  const link = `p.x => ${names.map((name) => `${name}.in`).join(", ")}`;
  const steps = Object.fromEntries(["p", ...names].map((name) => [name, {}]));
  return buildPlan({ steps, queues: { q: { ...queue, link } }, links: [] }).workflows[0] as WorkflowPlan;
}

/** A queue whose targets are played by the test. */
export class QueueBench {
  readonly shape: QueueShape;
  queue: QueueState;
  now = 0;
  /** Items put in that some target may take. */
  added = 0;
  readonly concurrency: number;
  readonly #begun: number[];
  /** By target: what its activations hold, in order of begin. */
  readonly holding: Map<number, Handle | undefined>[];
  readonly tokens: (Handle | undefined | "none")[];
  readonly log: string[] = [];

  constructor(workflow: WorkflowPlan, concurrency = 1) {
    this.concurrency = concurrency;
    this.shape = shapesOf(workflow).queues[0] as QueueShape;
    this.queue = createQueues(workflow)[0] as QueueState;
    this.#begun = this.shape.targets.map(() => 0);
    this.holding = this.shape.targets.map(() => new Map());
    this.tokens = this.shape.targets.map(() => "none");
  }

  put(found: Partial<Queued> & { readonly queued: number }, value: Handle = { json: null }): this {
    const items = addItems(this.queue.ranges, value, { each: false, ...found });
    this.queue.waiting += items;
    this.added += items;
    return this.feed();
  }

  list(items: readonly number[], more: Partial<Queued> = {}): this {
    return this.put({ queued: items.length, each: true, ...more }, { list: items.map((json) => ({ json })) });
  }

  one(json: number, more: Partial<Queued> = {}): this {
    return this.put({ queued: 1, ...more }, { json });
  }

  nothing(): this {
    addAbsence(this.queue.ranges);
    return this.feed();
  }

  canTake(target: number): boolean {
    return this.tokens[target] === "none" && (this.holding[target]?.size ?? 0) < this.concurrency;
  }

  feed(): this {
    for (;;) {
      const gift = giveNext(this.queue, this.shape, (target) => this.canTake(target));
      if (gift === undefined) return this;
      this.tokens[gift.target] = gift.value;
    }
  }

  /** The target begins with its token. */
  begin(target: number): this {
    const token = this.tokens[target];
    if (token === "none") return this;
    const n = (this.#begun[target] ?? 0) + 1;
    this.#begun[target] = n;
    this.tokens[target] = "none";
    this.holding[target]?.set(n, token);
    takeItem(this.queue, this.shape, target, n, this.now);
    this.log.push(`t${target} ${plainText(token)}`);
    return this.feed();
  }

  end(target: number, n = [...(this.holding[target]?.keys() ?? [])][0] ?? 0): this {
    this.holding[target]?.delete(n);
    releaseItem(this.queue, target, n, this.now);
    return this.feed();
  }

  /** Everything goes on, one target after the other, until nothing is left. */
  drain(): this {
    for (;;) {
      const target = this.shape.targets.findIndex(
        (_, index) => this.tokens[index] !== "none" || (this.holding[index]?.size ?? 0) > 0,
      );
      if (target < 0) return this;
      if (this.tokens[target] === "none") this.end(target);
      else this.begin(target);
    }
  }
}

export function plainText(token: Handle | undefined | "none"): string {
  if (token === undefined) return "absent";
  return token !== "none" && "json" in token ? String(token.json) : "?";
}
