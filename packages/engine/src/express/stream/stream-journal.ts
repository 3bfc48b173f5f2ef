import type { Handle } from "../../contracts/handle.js";
import type { Json } from "../../contracts/json.js";
import type { RunEvent } from "../../kernel/event.js";
import { HEADER, type JournalHead, type SaveValue, saveAll } from "../express-journal.js";
import type { Several } from "../several.js";
import { ByteTrail } from "./byte-trail.js";
import { type CopyValue, RECORD_BYTES, ValuePacker } from "./packed-values.js";
import {
  EMITTED,
  ENDED,
  ENDED_EMPTY,
  ENDED_SEVERAL,
  SKIPPED,
  STARTED,
  type StreamNode,
  type StreamPlan,
  type StreamPort,
  TICK,
  UNIT_SKIPPED,
  UPDATED,
  UPDATED_EMPTY,
} from "./stream-plan.js";
import { type Draft, StreamReader } from "./stream-reader.js";

/** Records below this number take one byte. */
const SHORT_OPS = 128;

/**
 * What happened in a run of streams, a few bytes each: attempts that started, values that were sent, ends. Events are made of it when
 * somebody asks. J1. What was written is never changed, and nothing is dropped. J2. A record is written as a whole, in the order
 * in which the kernel's events would stand.
 */
export class StreamJournal {
  readonly head: JournalHead;
  readonly values: ValuePacker;
  readonly trail = new ByteTrail();
  readonly #plan: StreamPlan;
  readonly #outputs = new Map<number, Json>();
  #count = 0;
  #at: number;
  #completedAt = -1;
  /** Where somebody stopped reading. */
  #reader: StreamReader | undefined;
  /** The same, of who looks again and again at what is new. */
  #follower: StreamReader | undefined;

  constructor(plan: StreamPlan, head: JournalHead, copy: CopyValue) {
    this.head = head;
    this.#plan = plan;
    this.#at = head.at;
    this.values = new ValuePacker(this.trail, plan.portCount, copy);
  }

  /** Number of the last event. */
  get last(): number {
    return HEADER + this.#count + (this.#completedAt < 0 ? 0 : 1);
  }

  get completedAt(): number {
    return this.#completedAt;
  }

  /** The kind of what follows. */
  #open(op: number, at: number): void {
    const { trail } = this;
    trail.room(RECORD_BYTES);
    if (at > this.#at) {
      trail.byte(TICK);
      trail.count(at - this.#at);
      this.#at = at;
    }
    if (op < SHORT_OPS) trail.byte(op);
    else trail.count(op);
  }

  /** The record is whole. */
  close(): void {
    this.#count++;
    this.trail.close();
  }

  /** Gives the event's number, which is the attempt's. */
  started(node: StreamNode, at: number): number {
    this.#open(node.op + STARTED, at);
    this.close();
    return HEADER + this.#count;
  }

  /**
   * A port is sent a value; `place`: of the port among those of its node. Gives the value's token; undefined: it is none that can be
   * kept. Counts once `close` is called.
   */
  emitted(node: StreamNode, place: number, value: unknown, at: number): unknown {
    this.#open(node.op + EMITTED + place, at);
    return this.values.write(node.ports[place]?.number ?? 0, value);
  }

  /** An attempt gives the value of its only port. Counts once `end` is called, as the following two. */
  gaveOne(node: StreamNode, port: StreamPort, value: unknown, at: number): unknown {
    this.#open(node.op + ENDED, at);
    return this.values.write(port.number, value);
  }

  gaveNothing(node: StreamNode, at: number): void {
    this.#open(node.op + ENDED_EMPTY, at);
  }

  gaveSeveral(node: StreamNode, { ports }: Several, at: number): void {
    this.#open(node.op + ENDED_SEVERAL, at);
    this.values.keep(ports);
  }

  /** `ago`: how many activations of the node began after this one. */
  end({ width }: StreamNode, ago: number, tookMs: number): void {
    if (width > 1) this.trail.count(ago);
    this.trail.count(Math.max(0, Math.round(tookMs * 1000)));
    this.close();
  }

  /** A node lacks something, and does not take place. */
  skipped(node: StreamNode, at: number): void {
    this.#open(node.op + (node.step === undefined ? UNIT_SKIPPED : SKIPPED), at);
    this.close();
  }

  /** A unit to which nothing came. */
  updatedEmpty(node: StreamNode, at: number): void {
    this.#open(node.op + UPDATED_EMPTY, at);
    this.close();
  }

  /** A unit or an output has its value. Counts once `close` is called. */
  updated(node: StreamNode, port: StreamPort, value: unknown, at: number): unknown {
    this.#open(node.op + UPDATED, at);
    return this.values.write(port.number, value);
  }

  /** The present value of an output. */
  holds(node: number, value: Json): void {
    this.#outputs.set(node, value);
  }

  completed(at: number): void {
    this.#completedAt = Math.max(at, this.#at);
    this.#reader = undefined;
  }

  given(node: number): { readonly [port: string]: Json } {
    const value = this.#outputs.get(node);
    return value === undefined ? {} : { value };
  }

  /** Its head, and all texts in its values. */
  text(): string {
    return JSON.stringify({ ...this.head, values: this.values.kept });
  }

  /** Events with numbers above `after`, at most `limit`. They share nothing with what steps were given. */
  async events(after: number, limit: number, save: SaveValue, sizeOf: (value: Json) => number): Promise<RunEvent[]> {
    const drafts = this.#drafts(after, limit);
    const events: RunEvent[] = [];
    for (const draft of drafts) {
      const handles = saveAll(draft.values, save);
      events.push(draft.finish(handles instanceof Promise ? await handles : handles, sizeOf));
    }
    return events;
  }

  /** The same one by one, where values are kept without waiting. */
  *eventsNow(after: number, save: (value: Json) => Handle, sizeOf: (value: Json) => number): Iterable<RunEvent> {
    const known = this.#follower?.seq === after ? this.#follower : undefined;
    // Nobody else goes on with it meanwhile.
    this.#follower = undefined;
    const reader = known ?? this.#readerAt(after);
    for (let draft = reader.next(); draft !== undefined; draft = reader.next())
      yield draft.finish(saveAll(draft.values, save) as { readonly [port: string]: Handle }, sizeOf);
    this.#follower = reader;
  }

  #drafts(after: number, limit: number): readonly Draft[] {
    const kept = this.#reader?.seq === after ? this.#reader : undefined;
    const reader = kept ?? this.#readerAt(after);
    const drafts: Draft[] = [];
    while (drafts.length < limit) {
      const draft = reader.next();
      if (draft === undefined) break;
      drafts.push(draft);
    }
    this.#reader = reader;
    return drafts;
  }

  #readerAt(after: number): StreamReader {
    const reader = new StreamReader(this.#plan, this);
    while (reader.seq < after && reader.next() !== undefined);
    return reader;
  }
}
