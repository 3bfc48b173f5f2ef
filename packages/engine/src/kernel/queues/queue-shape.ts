import type { PlanQueue, WorkflowPlan } from "../../plan/plan.js";

/** What the kernel needs of a workflow's queues, made once for each plan and shared by all its runs. */
export type QueueShape = {
  readonly plan: PlanQueue;
  /** Target nodes, in the order of `plan.links`. */
  readonly targets: readonly number[];
  /**
   * Target of each item, by its number modulo the length: what `round_robin` and `weighted` go by. Undefined: by load, when an item is
   * given.
   */
  readonly pattern: Int32Array | undefined;
};

export type QueueShapes = {
  readonly queues: readonly QueueShape[];
  /** Queues that feed a node. */
  readonly feeding: ReadonlyMap<number, readonly number[]>;
  /** The same, with the position of the node among the targets of each. */
  readonly feeds: ReadonlyMap<number, readonly { readonly queue: number; readonly target: number }[]>;
  /** Queues that leave a port, by `node port`. */
  readonly leaving: ReadonlyMap<string, readonly number[]>;
};

const none: QueueShapes = { queues: [], feeding: new Map(), feeds: new Map(), leaving: new Map() };
const known = new WeakMap<WorkflowPlan, QueueShapes>();

export function shapesOf(workflow: WorkflowPlan): QueueShapes {
  if (workflow.queues.length === 0) return none;
  const found = known.get(workflow);
  if (found !== undefined) return found;
  const made = makeShapes(workflow);
  known.set(workflow, made);
  return made;
}

function makeShapes(workflow: WorkflowPlan): QueueShapes {
  const feeding = new Map<number, number[]>();
  const feeds = new Map<number, { queue: number; target: number }[]>();
  const leaving = new Map<string, number[]>();
  const queues = workflow.queues.map((plan, index): QueueShape => {
    const targets = plan.links.map((link) => workflow.links[link]?.to.node ?? -1);
    for (const node of new Set(targets)) add(feeding, node, index);
    for (const [target, node] of targets.entries()) add(feeds, node, { queue: index, target });
    add(leaving, `${plan.from.node} ${plan.from.port}`, index);
    return { plan, targets, pattern: patternOf(plan) };
  });
  return { queues, feeding, feeds, leaving };
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [value]);
  else found.push(value);
}

function patternOf({ balance, links, weights }: PlanQueue): Int32Array | undefined {
  if (balance === "round_robin") return Int32Array.from(links, (_, target) => target);
  return balance === "weighted" ? weightedPattern(links.map((_, target) => weights[target] ?? 1)) : undefined;
}

/** The longest pattern of weights: finer ratios are rounded. */
const PATTERN_LIMIT = 1000;

/** Smooth weighted round robin: each target as often as its weight says, and spread as evenly as can be. */
function weightedPattern(weights: readonly number[]): Int32Array {
  const parts = wholeParts(weights);
  const sum = parts.reduce((total, part) => total + part, 0);
  const credit = parts.map(() => 0);
  return Int32Array.from({ length: sum }, () => {
    let best = 0;
    parts.forEach((part, target) => {
      credit[target] = (credit[target] ?? 0) + part;
      if ((credit[target] ?? 0) > (credit[best] ?? 0)) best = target;
    });
    credit[best] = (credit[best] ?? 0) - sum;
    return best;
  });
}

/** Weights as small whole numbers in the same ratio. A weight of 0 gets nothing, unless all are 0. */
function wholeParts(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum <= 0) return weights.map(() => 1);
  const whole = weights.every(Number.isInteger) && sum <= PATTERN_LIMIT;
  const parts = whole
    ? weights
    : weights.map((weight) => (weight <= 0 ? 0 : Math.max(1, Math.round((weight * PATTERN_LIMIT) / sum))));
  const divisor = parts.reduce(greatestDivisor, 0);
  return parts.map((part) => part / divisor);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
