import type { Usage } from "../contracts/executor.js";
import type { Handle } from "../contracts/handle.js";
import type { Json } from "../contracts/json.js";
import type { PortValues, RunEvent, Unstamped } from "../kernel/event.js";
import type { ExpressPlan, ExpressStep, ExpressUnit } from "./express-plan.js";
import { feedValue, givenOn } from "./feed-value.js";
import { Several } from "./several.js";

/** Keeps a value where journals have theirs. */
export type SaveValue = (value: Json) => Handle | Promise<Handle>;

/** The first two events are the run's own: it was created, and it started. */
export const HEADER = 2;

export type Created = Extract<Unstamped, { readonly type: "run.created" }>;

export type JournalHead = { readonly created: Created; readonly inputs: PortValues; readonly at: number };

/**
 * What happened, a few numbers each: a node's attempt started, a node ended. Events are made of it when somebody asks. J1. A record
 * is never changed. J2. A node has an attempt once, and ends once; both in the order in which they would be journaled.
 */
export class ExpressJournal {
  readonly head: JournalHead;
  readonly #plan: ExpressPlan;
  /** Twice the node, plus one for its end. */
  readonly #records: Int32Array;
  /** By record. */
  readonly #at: Float64Array;
  #count = 0;
  /** By node: number of the event that started its attempt, for the first so many records. Made when somebody asks. */
  #begun: Int32Array | undefined;
  #begunCount = 0;
  /** By node. */
  readonly #tookMs: Float32Array;
  /** By node: the value of its only port, or several. */
  readonly values: (Json | Several | undefined)[];
  #completedAt = Number.NEGATIVE_INFINITY;

  constructor(plan: ExpressPlan, head: JournalHead) {
    const nodes = plan.nodes.length;
    this.head = head;
    this.#plan = plan;
    const records = nodes + plan.workflow.steps.length;
    const numbers = new ArrayBuffer(12 * records + 4 * nodes);
    this.#at = new Float64Array(numbers, 0, records);
    this.#records = new Int32Array(numbers, 8 * records, records);
    this.#tookMs = new Float32Array(numbers, 12 * records, nodes);
    this.values = new Array<Json | Several | undefined>(nodes);
    // It is to hold anything from its first value on: it is not made anew for another sort.
    if (nodes > 0) this.values[0] = undefined;
  }

  /** Number of the last event. */
  get last(): number {
    return HEADER + this.#count + (this.#completedAt < 0 ? 0 : 1);
  }

  get completedAt(): number {
    return this.#completedAt;
  }

  started(node: number, at: number): void {
    const count = this.#count++;
    this.#records[count] = node << 1;
    this.#at[count] = at;
  }

  /** No value: a unit to which nothing came. */
  ended(node: number, at: number, value: Json | Several | undefined, tookMs: number): void {
    const count = this.#count++;
    this.#records[count] = (node << 1) | 1;
    this.#at[count] = at;
    this.#tookMs[node] = tookMs;
    this.values[node] = value;
  }

  completed(at: number): void {
    this.#completedAt = at;
  }

  /** Number of the event that started the attempt of a node, which is its id. */
  attemptOf(node: number): number {
    this.#begun ??= new Int32Array(this.#plan.nodes.length);
    for (; this.#begunCount < this.#count; this.#begunCount++) {
      const record = this.#records[this.#begunCount] ?? 0;
      if ((record & 1) === 0) this.#begun[record >> 1] = HEADER + this.#begunCount + 1;
    }
    return this.#begun[node] ?? 0;
  }

  /** When the event of this number was: one of a node. */
  timeOf(seq: number): number {
    return this.#at[seq - HEADER - 1] ?? 0;
  }

  /** To the microsecond. */
  tookMs(node: number): number {
    return Math.round((this.#tookMs[node] ?? 0) * 1000) / 1000;
  }

  /** Twice the node that the event is of, plus one for its end; undefined: the event is the run's own. */
  recordOf(seq: number): number | undefined {
    const at = seq - HEADER - 1;
    return at < 0 || at >= this.#count ? undefined : this.#records[at];
  }

  beganAt(node: number): number {
    return this.#at[this.attemptOf(node) - HEADER - 1] ?? 0;
  }

  /** Events with numbers above `after`, at most `limit`. They share nothing with what steps were given. */
  async events(after: number, limit: number, save: SaveValue, sizeOf: (value: Json) => number): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    const last = Math.min(this.last, after + limit);
    for (let seq = after + 1; seq <= last; seq++) {
      const event = this.#event(seq, save, sizeOf);
      events.push(event instanceof Promise ? await event : event);
    }
    return events;
  }

  /** Its head and its values. */
  text(): string {
    const values = this.values.map((value) => (value instanceof Several ? value.ports : value));
    return JSON.stringify({ ...this.head, values });
  }

  /** The same, where values are kept without waiting. */
  eventsNow(after: number, save: (value: Json) => Handle, sizeOf: (value: Json) => number): RunEvent[] {
    const events: RunEvent[] = [];
    for (let seq = after + 1; seq <= this.last; seq++) events.push(this.eventNow(seq, save, sizeOf));
    return events;
  }

  eventNow(seq: number, save: (value: Json) => Handle, sizeOf: (value: Json) => number): RunEvent {
    return this.#event(seq, save, sizeOf) as RunEvent;
  }

  #event(seq: number, save: SaveValue, sizeOf: (value: Json) => number): RunEvent | Promise<RunEvent> {
    const { created, inputs, at } = this.head;
    if (seq === 1) return { seq, at, ...created };
    if (seq === 2) return { seq, at, type: "run.started", run: 0, workflow: 0, inputs };
    if (seq > HEADER + this.#count) return { seq, at: this.#completedAt, type: "run.completed", run: 0 };
    const record = this.#records[seq - HEADER - 1] ?? 0;
    const node = record >> 1;
    const eventAt = this.#at[seq - HEADER - 1] ?? 0;
    if ((record & 1) === 1) return this.#end(seq, eventAt, node, save, sizeOf);
    const began = { seq, at: eventAt, type: "attempt.started", run: 0, node, n: 1, c: 0 } as const;
    return { ...began, attempt: 1, fallback: false };
  }

  #end(
    seq: number,
    at: number,
    node: number,
    save: SaveValue,
    sizeOf: (value: Json) => number,
  ): RunEvent | Promise<RunEvent> {
    const planned = this.#plan.nodes[node] as ExpressStep | ExpressUnit;
    const { nodes, links: planLinks } = this.#plan.workflow;
    const carried = (link: number): 0 | 1 =>
      givenOn(this.values, node, planLinks[link]?.from.port ?? "") === undefined ? 0 : 1;
    const links = (nodes[node]?.outLinks ?? []).map(carried);
    const given = this.given(node);
    const out = saveAll(given, save);
    const finish = (handles: PortValues): RunEvent => {
      if (!("direct" in planned)) {
        const value = handles["value"];
        return { seq, at, type: "unit.updated", run: 0, node, n: 1, links, ...(value === undefined ? {} : { value }) };
      }
      const usage = this.#usage(planned, sizeOf(given), sizeOf);
      const ended = { seq, at, type: "attempt.succeeded", run: 0, node, n: 1, c: 0 } as const;
      return { ...ended, id: this.attemptOf(node), out: handles, links, usage };
    };
    return out instanceof Promise ? out.then(finish) : finish(out);
  }

  /** What a node that has ended gave, by port. */
  given(node: number): { readonly [port: string]: Json } {
    const value = this.values[node];
    if (value instanceof Several) return value.ports;
    const planned = this.#plan.nodes[node];
    const port = planned !== undefined && "direct" in planned ? (planned.only?.name ?? "") : "value";
    return value === undefined ? {} : { [port]: value };
  }

  #usage(step: ExpressStep, outputBytes: number, sizeOf: (value: Json) => number): Usage {
    const durationMs = this.tookMs(step.node);
    const inputBytes = this.inputBytes(step, sizeOf);
    return { durationMs, cpuMs: null, peakMemoryBytes: null, inputBytes, outputBytes };
  }

  inputBytes(step: ExpressStep, sizeOf: (value: Json) => number): number {
    const inputs: { [port: string]: Json } = {};
    for (const { name, feed } of step.inputs) {
      const value = feedValue(this.values, this.#plan, feed);
      if (value !== undefined) inputs[name] = value;
    }
    return sizeOf(inputs);
  }
}

export function saveAll(given: { readonly [port: string]: Json }, save: SaveValue): PortValues | Promise<PortValues> {
  const handles: { [port: string]: Handle } = {};
  const late: Promise<void>[] = [];
  for (const [port, value] of Object.entries(given)) {
    const handle = save(value);
    if (!(handle instanceof Promise)) handles[port] = handle;
    else {
      // Ports keep their order.
      handles[port] = { json: null };
      late.push(
        handle.then((saved) => {
          handles[port] = saved;
        }),
      );
    }
  }
  return late.length === 0 ? handles : Promise.all(late).then(() => handles);
}
