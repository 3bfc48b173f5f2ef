import type { StreamDemand, StreamNode, StreamPlan, StreamPort } from "./stream-plan.js";
import { TokenLine } from "./token-line.js";

/** Nothing came, and nothing will: it travels as tokens do. */
export const ABSENT: unique symbol = Symbol("absent");

/** Ended activations of a node that may wait for older ones to be over: as many as the kernel lets wait. */
const BACKLOG = 64;

/** What an activation gives when it is over: a token for each of these ports. */
export type Given = { readonly ports: readonly StreamPort[]; readonly tokens: readonly unknown[] };

/** Makes the token for each further target of a value: none is shared. */
export type Twin = (token: unknown) => unknown;

/**
 * Where tokens are, and which nodes may begin. The run and the reader of its journal move tokens by it alike: what a token is, is
 * theirs. N1. Tokens leave a node in the order of its activations. N2. Items of a queue lie in the slot of whom they will go to.
 */
export class StreamNet {
  readonly begun: Int32Array;
  readonly released: Int32Array;
  /** By node: activations that have not ended. */
  readonly opened: Int32Array;
  /** By queue: items that nobody has begun with. */
  readonly waiting: Int32Array;
  /** Tokens in all slots. */
  tokens = 0;
  /** Those of them that are absences. */
  absences = 0;
  /** Nodes that have not been over once. */
  unsettled: number;
  readonly #plan: StreamPlan;
  readonly #lines: readonly TokenLine[];
  /** By node: slots without a token. */
  readonly #need: Int32Array;
  /** By queue: items that ever entered. */
  readonly #items: Float64Array;
  /** What ended before an older one of its node, by node and activation. */
  readonly #ended = new Map<string, Given>();
  readonly #touched: (node: number) => void;
  readonly #twin: Twin;

  /** `touched`: something has come to a node. */
  constructor(plan: StreamPlan, twin: Twin, touched: (node: number) => void) {
    const { nodes, slotNode, capacity } = plan;
    this.#plan = plan;
    this.#twin = twin;
    this.#touched = touched;
    this.begun = new Int32Array(nodes.length);
    this.released = new Int32Array(nodes.length);
    this.opened = new Int32Array(nodes.length);
    this.waiting = new Int32Array(capacity.length);
    this.unsettled = nodes.length;
    this.#lines = Array.from(slotNode, () => new TokenLine());
    this.#need = Int32Array.from(nodes, ({ slots }) => slots.length);
    this.#items = new Float64Array(capacity.length);
  }

  /** Everything is there for another activation of the node. */
  mayBegin({ node, slots, width, isLetters }: StreamNode): boolean {
    if ((this.#need[node] ?? 0) > 0 || (this.opened[node] ?? 0) >= width || isLetters) return false;
    const begun = this.begun[node] ?? 0;
    return begun - (this.released[node] ?? 0) < width + BACKLOG && (slots.length > 0 || begun === 0);
  }

  /** The first port without which the node's next activation does not take place, and to which nothing comes; undefined: none. */
  lack({ slots, demands }: StreamNode): StreamDemand | undefined {
    for (let at = 0; at < demands.length; at++) {
      const demand = demands[at] as StreamDemand;
      if (this.#lines[slots[demand.slot] ?? 0]?.first === ABSENT) return demand;
    }
    return undefined;
  }

  /** Opens the node's next activation, and gives its number. Its tokens go into `into`, by slot. */
  begin({ node, slots }: StreamNode, into: unknown[]): number {
    for (let at = 0; at < slots.length; at++) into[at] = this.#take(node, slots[at] ?? 0);
    this.opened[node] = (this.opened[node] ?? 0) + 1;
    const n = (this.begun[node] ?? 0) + 1;
    this.begun[node] = n;
    return n;
  }

  #take(node: number, slot: number): unknown {
    const line = this.#lines[slot] as TokenLine;
    const token = line.shift();
    this.tokens--;
    if (token === ABSENT) this.absences--;
    if (line.count === 0) this.#need[node] = (this.#need[node] ?? 0) + 1;
    const queue = this.#plan.slotQueue[slot] ?? -1;
    if (queue >= 0 && token !== ABSENT) this.waiting[queue] = (this.waiting[queue] ?? 0) - 1;
    return token;
  }

  /** It is the oldest of its node: what it sends leaves at once. */
  isOldest(node: number, n: number): boolean {
    return n === (this.released[node] ?? 0) + 1;
  }

  /** One value leaves by a port. */
  send({ routes }: StreamPort, token: unknown): void {
    for (let at = 0; at < routes.length; at++) {
      const { queue, slots, targets } = routes[at] as StreamPort["routes"][number];
      let slot = slots[0] ?? 0;
      if (token === ABSENT) {
        // Every target of a queue has it, behind all items that came before.
        for (const target of targets) this.#deliver(target, token);
        continue;
      }
      if (queue >= 0) {
        const item = this.#items[queue] ?? 0;
        this.#items[queue] = item + 1;
        this.waiting[queue] = (this.waiting[queue] ?? 0) + 1;
        if (slots.length > 1) slot = slots[item % slots.length] ?? 0;
      }
      this.#deliver(slot, at === 0 ? token : this.#twin(token));
    }
  }

  #deliver(slot: number, token: unknown): void {
    const line = this.#lines[slot] as TokenLine;
    line.push(token);
    this.tokens++;
    if (token === ABSENT) this.absences++;
    const node = this.#plan.slotNode[slot] ?? 0;
    if (line.count === 1) {
      const need = (this.#need[node] ?? 0) - 1;
      this.#need[node] = need;
      if (need === 0) this.#touched(node);
    }
  }

  /** An activation is over whose node sends by one port at most: the usual case. */
  endOne(node: number, n: number, port: StreamPort | undefined, token: unknown): void {
    if (!this.isOldest(node, n))
      return this.#keep(node, n, port === undefined ? nothing : { ports: [port], tokens: [token] });
    this.opened[node] = (this.opened[node] ?? 0) - 1;
    this.#countReleased(node, n);
    if (port !== undefined) this.send(port, token);
    if (this.#ended.size > 0) this.#releaseNext(node, n + 1);
  }

  /** One that gave nothing. */
  endAbsent({ node, linked }: StreamNode, n: number): void {
    if (linked.length < 2) this.endOne(node, n, linked[0], ABSENT);
    else this.endMany(node, n, { ports: linked, tokens: linked.map(() => ABSENT) });
  }

  endMany(node: number, n: number, given: Given): void {
    if (!this.isOldest(node, n)) return this.#keep(node, n, given);
    this.opened[node] = (this.opened[node] ?? 0) - 1;
    this.#release(node, n, given);
    if (this.#ended.size > 0) this.#releaseNext(node, n + 1);
  }

  #keep(node: number, n: number, given: Given): void {
    this.opened[node] = (this.opened[node] ?? 0) - 1;
    this.#ended.set(`${node} ${n}`, given);
  }

  #countReleased(node: number, n: number): void {
    this.released[node] = n;
    if (n === 1) this.unsettled--;
  }

  #release(node: number, n: number, { ports, tokens }: Given): void {
    this.#countReleased(node, n);
    for (let at = 0; at < ports.length; at++) this.send(ports[at] as StreamPort, tokens[at]);
  }

  #releaseNext(node: number, first: number): void {
    for (let n = first; ; n++) {
      const key = `${node} ${n}`;
      const given = this.#ended.get(key);
      if (given === undefined) return;
      this.#ended.delete(key);
      this.#release(node, n, given);
    }
  }
}

const nothing: Given = { ports: [], tokens: [] };
