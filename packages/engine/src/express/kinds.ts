import type { JsonObject } from "../contracts/json.js";
import type { ExpressStep, ExpressUnit } from "./express-plan.js";

/** Steps that differ in nothing but their config and in where their inputs come from are of one kind: few objects are looked at in a run. */
export type Kinds = {
  /** By node. -1: a unit. */
  readonly kindOf: Int32Array;
  /** A step of each kind. */
  readonly kinds: readonly ExpressStep[];
  /** By turn: they lie in memory as they are read. */
  readonly configs: readonly JsonObject[];
  /** By node: where its inputs begin in `feedStart`. */
  readonly firstFeed: Int32Array;
  /** Input after input of all nodes: where its sources begin, which end where those of the next one begin. */
  readonly feedStart: Int32Array;
  /** By node. 1: something that it lacks matters, or is replaced; else what is absent is absent. */
  readonly needsLook: Uint8Array;
};

const none: JsonObject = {};

export function kindsOf(nodes: readonly (ExpressStep | ExpressUnit)[], sources: number, turns: Int32Array): Kinds {
  const known = new Map<string, number>();
  const numbers = new Map<object, number>();
  const kinds: ExpressStep[] = [];
  const kindOf = new Int32Array(nodes.length);
  const firstFeed = new Int32Array(nodes.length);
  const starts: number[] = [];
  for (const [index, node] of nodes.entries()) {
    firstFeed[index] = starts.length;
    for (const { feed } of "direct" in node ? node.inputs : [node]) starts.push(feed.start);
    kindOf[index] = "direct" in node ? kindNumber(node, { known, numbers, kinds }) : -1;
  }
  const inTurn = [...nodes].sort((a, b) => (turns[a.node] ?? 0) - (turns[b.node] ?? 0));
  const configs = inTurn.map((node) =>
    "direct" in node ? (JSON.parse(JSON.stringify(node.config)) as JsonObject) : none,
  );
  starts.push(sources);
  const needsLook = Uint8Array.from(nodes, (node) => (matters(node) ? 1 : 0));
  return { kindOf, kinds, configs, firstFeed, feedStart: Int32Array.from(starts), needsLook };
}

function matters(node: ExpressStep | ExpressUnit): boolean {
  if ("direct" in node) return node.inputs.some(({ required }) => required);
  const { feed, required } = node;
  return required || feed.otherwise !== undefined || feed.start === feed.end;
}

type Known = {
  readonly known: Map<string, number>;
  /** Of objects that are told apart by identity. */
  readonly numbers: Map<object, number>;
  readonly kinds: ExpressStep[];
};

function kindNumber(step: ExpressStep, { known, numbers, kinds }: Known): number {
  const key = keyOf(step, numbers);
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, kinds.length);
  return kinds.push(step) - 1;
}

function keyOf({ direct, isFlat, inputs, outputs, timeoutMs }: ExpressStep, numbers: Map<object, number>): string {
  const number = (one: unknown): unknown => {
    if (typeof one !== "object" || one === null) return one;
    const found = numbers.get(one) ?? numbers.size;
    numbers.set(one, found);
    return { is: found };
  };
  const ins = inputs.map(({ name, feed, port }) => [name, feed.isList, feed.otherwise, number(port)]);
  const outs = outputs.map(({ name, optional, port, schema }) => [name, optional, number(port), number(schema)]);
  return JSON.stringify([number(direct), isFlat, timeoutMs, ins, outs]);
}
