import type { AttemptFolders } from "../contracts/executor.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { makesBarren, withLacks } from "./barren.js";
import { Deadlines, nextEnd } from "./deadlines.js";
import { type CallHost, ExpressCall, modestly } from "./express-call.js";
import { ExpressJournal, type JournalHead } from "./express-journal.js";
import type { ExpressPlan, ExpressStep } from "./express-plan.js";
import { isThenable } from "./is-thenable.js";
import { Keeping } from "./keeping.js";
import { thrown } from "./made.js";
import { type ExpressOutside, type Unfinished, unbegun } from "./outside.js";
import { REFUSED, stepInputs, takeOutputs } from "./ports.js";
import { RunPlaces } from "./run-places.js";
import { type Flight, giveScratch, newFlight, type Scratch, takeScratch } from "./scratch.js";
import { Several } from "./several.js";
import { STALL_MS } from "./stall.js";
import { surrender } from "./surrender.js";
import { TurnSet } from "./turn-set.js";
import { unitValue } from "./unit-value.js";

/** Milliseconds until others have their turn. */
const TURN_MS = 4;

/** The inputs of code that provably does not look at them. */
const unseen: { readonly [port: string]: unknown } = {};

/**
 * A run of an eligible plan in which everything goes well. It starts steps in the order in which the kernel would, and keeps a journal
 * of which the kernel's events can be made. E1. Between two calls of user code the journal stands where the kernel would have
 * nothing left to decide, places aside. E2. Whatever is not the plain case is left as it is, unfinished, to the engine: it
 * is never finished here in another way. E3. After `handOver` was called nothing more is journaled. E4. With a disk, code is called once
 * the start of its attempt is there, with all before it, and the run has completed once the whole journal is.
 */
export class ExpressRun implements CallHost {
  readonly runId: string;
  readonly folders: AttemptFolders;
  readonly journal: ExpressJournal;
  /** Undefined: the journal is nowhere but here. */
  readonly keeping: Keeping | undefined;
  readonly #plan: ExpressPlan;
  readonly #out: ExpressOutside;
  readonly #given: { readonly [unit: string]: Json };
  readonly #scratch: Scratch;
  readonly #need: Int32Array;
  /** Nodes to look at, in order: steps that are started, units that have their value. */
  readonly #queue: Int32Array;
  #head = 0;
  #tail = 0;
  #left: number;
  #running = 0;
  /** Attempts whose code was called and has not ended. */
  #called = 0;
  readonly #places: RunPlaces;
  /** Steps that are ready and have no place. */
  #waiting: TurnSet | undefined;
  #hasBegun = false;
  #stopped = false;
  #draining = false;
  #deferred = false;
  readonly #arrived: Flight[] = [];
  readonly #idle: Flight[];
  /** What to add to the steady clock for the wall clock's time. */
  #epoch = Number.NaN;
  #nowMs = Number.NaN;
  /** By node, once there is one. 1: nothing came over one of its links. */
  #odd: Uint8Array | undefined;
  /** No code of anybody's has run since the clock was read. */
  #isFresh = false;
  /** Of steps that may take so long only. */
  #deadlines: Deadlines | undefined;

  constructor(plan: ExpressPlan, head: JournalHead, given: { readonly [unit: string]: Json }, outside: ExpressOutside) {
    this.runId = head.created.id;
    this.folders = outside.folders;
    this.journal = new ExpressJournal(plan, head);
    this.keeping = outside.disk === undefined ? undefined : new Keeping(this.journal, outside.disk);
    this.#plan = plan;
    this.#out = outside;
    this.#places = new RunPlaces(outside.places);
    this.#given = given;
    const scratch = takeScratch(plan);
    scratch.run = this;
    this.#scratch = scratch;
    this.#need = scratch.need;
    this.#queue = scratch.queue;
    this.#idle = scratch.idle;
    this.#left = plan.nodes.length;
  }

  /** Attempts under way, and what has still to be looked at. */
  get underWay(): number {
    if (this.#stopped || this.isCompleted) return 0;
    if (this.#left === 0) return 1;
    return this.#hasBegun ? this.#running + (this.#tail - this.#head) : 1;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Steps are ready and have no place. */
  get #isWaiting(): boolean {
    return this.#waiting !== undefined && this.#waiting.size > 0;
  }

  /** All has happened; it may not be on disk yet. */
  get isEnding(): boolean {
    return this.journal.completedAt >= 0;
  }

  get isCompleted(): boolean {
    return this.isEnding && this.keeping?.isWhole !== false;
  }

  startedAt(node: number): number {
    return this.journal.beganAt(node);
  }

  needEngine(): void {
    if (this.#stopped || this.#left === 0) return;
    this.#stopped = true;
    this.#out.handOver();
  }

  begin(): void {
    this.#hasBegun = true;
    this.#setClocks();
    for (const node of this.#plan.first) this.#ready(node);
    if (this.#left === 0) this.#complete();
    else this.#drain();
  }

  /** Events up to this number are on disk: what waited for it goes on. */
  kept(until: number): void {
    this.keeping?.kept(until);
    if (this.#stopped) return;
    if (this.isCompleted) return this.#out.completed();
    if (this.#deferred) return;
    this.#setClocks();
    this.#drain();
  }

  /** It stands in line for a place, and one is free. */
  placed(): void {
    if (this.#stopped || this.#waiting === undefined) return;
    this.#setClocks();
    this.#startWaiting(this.#waiting);
    if (!this.#deferred) this.#drain();
  }

  /** It cannot be kept, so nothing more happens in it. */
  stop(): void {
    this.#stopped = true;
  }

  /** Nothing more happens here: what is not finished, for whoever goes on. */
  unfinished(): readonly Unfinished[] {
    if (!this.#stopped) return [];
    this.#places.giveAll();
    this.#deadlines?.stop();
    const begun = this.#scratch.flights
      .filter(({ node }) => node >= 0)
      .map((flight) => surrender(this.#plan, flight, this.journal.attemptOf(flight.node)));
    const waiting = [...this.#queue.subarray(this.#head, this.#tail)].filter((node) => this.#plan.kindOf[node] !== -1);
    return [...begun, ...waiting.map((node) => unbegun(node, this.journal.attemptOf(node)))];
  }

  #newDeadlines(): Deadlines {
    const next = (): number => nextEnd(this.#plan, this.#scratch.flights);
    this.#deadlines = new Deadlines(this.#out.clock, next, () => this.needEngine());
    return this.#deadlines;
  }

  #setClocks(): void {
    const { clock, turn } = this.#out;
    this.#nowMs = clock.monotonic();
    this.#epoch = clock.now() - this.#nowMs;
    this.#isFresh = true;
    this.#places.lookAgain();
    if (turn.endsAtMs < this.#nowMs) turn.endsAtMs = this.#nowMs + TURN_MS;
  }

  #readClock(): void {
    if (!this.#isFresh) this.#nowMs = this.#out.clock.monotonic();
    this.#isFresh = true;
  }

  #at(): number {
    return Math.floor(this.#epoch + this.#nowMs + 0.001);
  }

  #ready(node: number): void {
    if (this.#plan.kindOf[node] === -1) this.#queue[this.#tail++] = node;
    else if ((this.#waiting === undefined || this.#waiting.size === 0) && this.#hasRoom()) this.#start(node);
    else {
      this.#waiting ??= new TurnSet(this.#plan.priority);
      this.#waiting.add(node);
    }
  }

  #start(node: number): void {
    this.#running++;
    this.journal.started(node, this.#at());
    this.#queue[this.#tail++] = node;
  }

  #hasRoom(): boolean {
    return this.#places.hasRoom(this.#running, this.#nowMs);
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const { turn } = this.#out;
    const { kinds, kindOf } = this.#plan;
    while (this.#head < this.#tail && !this.#stopped) {
      if (this.#nowMs > turn.endsAtMs) {
        this.#defer();
        break;
      }
      const node = this.#queue[this.#head] ?? 0;
      const kind = kinds[kindOf[node] ?? -1];
      if (this.keeping !== undefined && kind !== undefined && !this.#mayCall(this.keeping, node)) break;
      this.#head++;
      if (kind === undefined) this.#update(node);
      else this.#invoke(kind, node);
    }
    if (this.keeping !== undefined && !this.#stopped) this.#save(this.keeping);
    this.#draining = false;
    const isStuck = this.#running === 0 && this.#left > 0 && this.#head === this.#tail && !this.#isWaiting;
    if (isStuck) this.needEngine();
  }

  #mayCall(keeping: Keeping, node: number): boolean {
    return this.journal.attemptOf(node) <= keeping.until || this.#save(keeping);
  }

  #save(keeping: Keeping): boolean {
    if (keeping.isWhole) return true;
    if (!keeping.save(this.#called === 0 && !this.#deferred)) return false;
    this.#isFresh = false;
    if (this.isEnding) this.#out.completed();
    return true;
  }

  /** Everybody else has a turn first. */
  #defer(): void {
    if (this.#deferred) return;
    this.#deferred = true;
    this.#out.defer(() => {
      this.#deferred = false;
      if (this.#stopped) return;
      this.#setClocks();
      this.#takeArrived();
      this.#drain();
    });
  }

  #takeArrived(): void {
    for (const flight of this.#arrived.splice(0)) {
      if (this.#stopped) return;
      this.#finish(flight, flight.made?.made);
    }
  }

  #update(node: number): void {
    const value = unitValue(this.#plan, node, this.journal.values, this.#given);
    if (value === REFUSED || this.keeping?.takes(node, value) === false) {
      this.#head--;
      return this.needEngine();
    }
    this.journal.ended(node, this.#at(), value, 0);
    if (value === undefined) this.#odd = withLacks(this.#plan, this.journal.values, this.#odd, node);
    this.#settle(node);
  }

  /** `step`: one of its kind. */
  #invoke(step: ExpressStep, node: number): void {
    const { values } = this.journal;
    const inputs = step.takesInputs ? stepInputs(this.#plan, step, node, values, this.#out) : unseen;
    if (inputs === REFUSED) {
      this.#head--;
      return this.needEngine();
    }
    const flight = this.#idle.pop() ?? newFlight(this.#scratch);
    const call = step.isModest ? undefined : new ExpressCall(this.#plan.nodes[node] as ExpressStep, this, inputs);
    const given = call ?? modestly(step, this.#plan.configs[this.#plan.priority[node] ?? 0] as JsonObject, inputs);
    this.#readClock();
    flight.node = node;
    flight.call = call;
    flight.beganMs = this.#nowMs;
    this.#isFresh = false;
    this.#called++;
    let made: unknown;
    try {
      made = step.direct.code(step.reads === undefined && call !== undefined ? call.all() : given);
    } catch (error) {
      return this.failed(flight, error);
    }
    if (isThenable(made)) {
      void Promise.resolve(made).then(flight.succeed, flight.fail);
      this.#out.stall.expect();
      if (step.timeoutMs !== Number.POSITIVE_INFINITY)
        (this.#deadlines ?? this.#newDeadlines()).expect(flight.beganMs + step.timeoutMs);
    } else if (this.#stopped || this.#heldUp(flight)) this.succeeded(flight, made);
    else this.#finish(flight, made);
  }

  #heldUp({ node, beganMs }: Flight): boolean {
    this.#readClock();
    if (this.#nowMs - beganMs < STALL_MS) return false;
    this.#out.heldUp(this.journal.attemptOf(node), this.#nowMs - beganMs);
    return true;
  }

  /** A flight's code has ended. */
  succeeded(flight: Flight, made: unknown): void {
    this.#isFresh = false;
    if (flight.ending !== undefined) return flight.ending.resolve(made);
    if (this.#stopped) {
      flight.made = { made };
      return;
    }
    this.#readClock();
    if (this.#nowMs >= this.#out.stall.lateFromMs) this.#out.stall.look();
    if (this.#deferred || this.#nowMs > this.#out.turn.endsAtMs) {
      flight.made = { made };
      this.#arrived.push(flight);
      return this.#defer();
    }
    this.#finish(flight, made);
    this.#drain();
  }

  failed(flight: Flight, error: unknown): void {
    if (flight.ending !== undefined) return flight.ending.reject(error);
    flight.made = thrown(error);
    this.needEngine();
  }

  #finish(flight: Flight, made: unknown): void {
    const { node, call } = flight;
    const step = this.#plan.kinds[this.#plan.kindOf[node] ?? 0] as ExpressStep;
    const value = takeOutputs(step, made, this.#out);
    if (value === REFUSED || this.keeping?.takes(node, value) === false) {
      flight.made = { made };
      return this.needEngine();
    }
    this.#readClock();
    this.journal.ended(node, this.#at(), value as Json | Several, this.#nowMs - flight.beganMs);
    if (value instanceof Several) this.#odd = withLacks(this.#plan, this.journal.values, this.#odd, node);
    if (call !== undefined) call.close();
    flight.node = -1;
    flight.call = undefined;
    flight.made = undefined;
    this.#idle.push(flight);
    this.#called--;
    this.#running--;
    this.#places.ended(this.#running, this.#nowMs);
    this.#settle(node);
  }

  /** The node has ended: what waited for it comes nearer. */
  #settle(node: number): void {
    const { nextStart, next } = this.#plan;
    const need = this.#need;
    const end = nextStart[node + 1] ?? 0;
    // What is skipped is so before anything starts: the kernel finds the reason.
    if (this.#odd !== undefined && makesBarren(this.#plan, this.journal.values, need, this.#odd, node))
      return this.needEngine();
    for (let at = nextStart[node] ?? 0; at < end; at++) {
      const target = next[at] ?? 0;
      const left = (need[target] ?? 0) - 1;
      need[target] = left;
      if (left === 0) this.#ready(target);
    }
    if (this.#waiting !== undefined && this.#waiting.size > 0) this.#startWaiting(this.#waiting);
    if (--this.#left === 0) this.#complete();
    else this.#places.giveSpare(this.#running);
  }

  #startWaiting(waiting: TurnSet): void {
    while (waiting.size > 0 && this.#hasRoom()) this.#start(waiting.take());
    if (waiting.size === 0) this.#places.leaveLine();
  }

  #complete(): void {
    this.journal.completed(this.#at());
    this.#places.giveAll();
    this.#deadlines?.stop();
    giveScratch(this.#plan, this.#scratch);
    if (this.keeping === undefined) this.#out.completed();
  }
}
