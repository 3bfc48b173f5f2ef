import type { AttemptFolders } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import { modestly } from "../express-call.js";
import type { JournalHead } from "../express-journal.js";
import type { ExpressStep } from "../express-plan.js";
import { isThenable } from "../is-thenable.js";
import { type Made, thrown } from "../made.js";
import type { ExpressOutside, Unfinished } from "../outside.js";
import { REFUSED } from "../ports.js";
import { STALL_MS } from "../stall.js";
import { HeldPlaces } from "./held-places.js";
import { twinOf } from "./packed-values.js";
import { ReadyBits } from "./ready-bits.js";
import { StreamCall, type StreamHost } from "./stream-call.js";
import { StreamClock } from "./stream-clock.js";
import { follow, newFlight, newRoom, type Room, type StreamFlight, surrender } from "./stream-flight.js";
import { StreamHolds } from "./stream-holds.js";
import { StreamJournal } from "./stream-journal.js";
import { endAttempt, type Ground, sendEarly, skipNode, updateUnit } from "./stream-moves.js";
import { StreamNet } from "./stream-net.js";
import type { StreamNode, StreamPlan } from "./stream-plan.js";
import { streamInputs } from "./stream-values.js";
import { TokenLine } from "./token-line.js";

/** With more tokens under way than this, who emits waits until everything else has had its turn. */
const MOST_TOKENS = 1024;

const done = Promise.resolve();
const nothing: readonly Unfinished[] = [];

/**
 * A run of an eligible plan whose nodes take place many times. E1. Between two calls of user code the journal stands where the
 * kernel would have nothing left to decide, places aside. E2. Whatever is not the plain case is left as it is, unfinished, to the
 * engine. E3. After `handOver` was called nothing more is journaled. E4. What was emitted is journaled before `emit` resolves, and while
 * a queue behind it is full it does not resolve.
 */
export class StreamRun implements StreamHost {
  readonly runId: string;
  readonly folders: AttemptFolders;
  readonly journal: StreamJournal;
  readonly keeping = undefined;
  readonly #plan: StreamPlan;
  readonly #out: ExpressOutside;
  readonly #given: { readonly [unit: string]: Json };
  readonly #clock: StreamClock;
  readonly #net: StreamNet;
  readonly #ground: Ground;
  readonly #holds: StreamHolds;
  readonly #places: HeldPlaces;
  /** By turn: steps that may begin. */
  readonly #ready: ReadyBits;
  /** Nodes that lack something, and units that may have their value; 1: it is among them. */
  readonly #barren = new TokenLine();
  readonly #units = new TokenLine();
  readonly #isAsked: Uint8Array;
  /** Attempts that have started and whose code is to be called. */
  readonly #calls = new TokenLine();
  /** Attempts whose end waits for its turn. */
  readonly #arrived = new TokenLine();
  /** All there ever were; those without a node are idle. */
  readonly #flights: StreamFlight[] = [];
  readonly #idle: StreamFlight[] = [];
  #hasBegun = false;
  #stopped = false;
  #isOver = false;
  #draining = false;
  /** The drain has been asked for. */
  #isComing = false;
  /** It is called back after everything else. */
  #deferred = false;
  /** Nothing is called before that: the turn is over. */
  #pausing = false;
  /** What those wait for who emit while too much is under way. */
  #breath: Room | undefined;

  constructor(plan: StreamPlan, head: JournalHead, given: { readonly [unit: string]: Json }, outside: ExpressOutside) {
    this.runId = head.created.id;
    this.folders = outside.folders;
    this.#plan = plan;
    this.#out = outside;
    this.#given = given;
    this.#clock = new StreamClock(outside);
    this.journal = new StreamJournal(plan, head, outside.copy);
    this.#net = new StreamNet(plan, twinOf, (node) => this.#note(node));
    this.#ground = { journal: this.journal, net: this.#net, rules: outside };
    this.#holds = new StreamHolds(plan, this.#net);
    this.#places = new HeldPlaces(outside.places);
    this.#ready = new ReadyBits(plan.nodes.length);
    this.#isAsked = new Uint8Array(plan.nodes.length);
  }

  /** Attempts under way. */
  get underWay(): number {
    if (this.#stopped || this.#isOver) return 0;
    return this.#hasBegun ? this.#places.running : 1;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  startedAt(): number {
    return this.#clock.at;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Its journal is kept as soon as it is written. */
  get isEnding(): boolean {
    return this.#isOver;
  }

  get isCompleted(): boolean {
    return this.isEnding;
  }

  needEngine(): void {
    if (this.#stopped || this.#isOver) return;
    this.#stopped = true;
    this.#out.handOver();
  }

  begin(): void {
    this.#hasBegun = true;
    this.#clock.set();
    for (let node = 0; node < this.#plan.nodes.length; node++) this.#note(node);
    this.#settle();
    this.#drain();
  }

  /** Nothing more happens here: what is not finished, for whoever goes on. */
  unfinished(): readonly Unfinished[] {
    if (!this.#stopped) return nothing;
    this.#places.giveAll();
    this.#breathe();
    return this.#flights.filter(({ node }) => node !== undefined).map(surrender);
  }

  /** Something has come to a node, or it may begin once more. */
  #note(node: number): void {
    const planned = this.#plan.nodes[node] as StreamNode;
    if (!this.#net.mayBegin(planned)) return;
    const { step, demands, most } = planned;
    if ((this.#net.begun[node] ?? 0) >= most) return this.needEngine();
    const isBarren = this.#net.absences > 0 && demands.length > 0 && this.#net.lack(planned) !== undefined;
    if (step !== undefined && !isBarren) return this.#ready.add(this.#plan.turn[node] ?? 0);
    if (this.#isAsked[node] === 1) return;
    this.#isAsked[node] = 1;
    if (isBarren) this.#barren.push(planned);
    else this.#units.push(planned);
  }

  /** Passes over what lacks something, starts what may start, and lets units have their values, until nothing is left. */
  #settle(): void {
    while (!this.#stopped) {
      if (this.#barren.count > 0) this.#skip(this.#barren.shift() as StreamNode);
      else if (this.#ready.count > 0) {
        // Who waits for others is in their line, and that is the engine's.
        if (!this.#places.has()) return this.needEngine();
        this.#start(this.#plan.nodes[this.#plan.byTurn[this.#ready.shift()] ?? 0] as StreamNode);
      } else if (this.#units.count > 0) this.#update(this.#units.shift() as StreamNode);
      else return;
    }
  }

  #skip(node: StreamNode): void {
    this.#isAsked[node.node] = 0;
    if (this.#plan.workflow.nodes[node.node]?.step?.whenAbsent === "fail") return this.needEngine();
    skipNode(this.#ground, node, this.#clock.at);
    if (this.#holds.count > 0) this.#relieve(0.5);
    this.#note(node.node);
  }

  #update(unit: StreamNode): void {
    this.#isAsked[unit.node] = 0;
    if (!updateUnit(this.#ground, unit, this.#given[unit.name], this.#clock.at)) return this.needEngine();
    this.#note(unit.node);
  }

  #start(node: StreamNode): void {
    const flight = this.#idle.pop() ?? this.#newFlight();
    flight.n = this.#net.begin(node, flight.tokens);
    flight.node = node;
    flight.id = this.journal.started(node, this.#clock.at);
    this.#places.running++;
    this.#calls.push(flight);
    if (this.#holds.count > 0) this.#relieve(0.5);
    if (node.width > 1) this.#note(node.node);
  }

  #newFlight(): StreamFlight {
    const flight = newFlight(
      (made) => this.#succeeded(flight, made),
      (error) => this.#failed(flight, error),
    );
    this.#flights.push(flight);
    return flight;
  }

  /** Undefined: it takes the engine, or the attempt is over. */
  emit(flight: StreamFlight, name: string, value: unknown): Promise<void> | undefined {
    if (this.#stopped || this.#isOver) return undefined;
    const port = flight.node?.portsByName.get(name);
    this.#clock.readForEmit();
    if (port === undefined || this.#holds.isAhead(flight) || !this.#sent(flight, port, value)) {
      this.needEngine();
      return undefined;
    }
    this.#settle();
    const isTurnOver = this.#clock.isTurnOver;
    // Nothing of this run has used the turn up: what comes now has one of its own.
    if (isTurnOver && !this.#pausing && !this.#draining && this.#arrived.count === 0) this.#clock.beginTurn();
    if (this.#calls.count > 0) this.#ask();
    const room = this.#holds.hold(flight);
    if (room !== undefined) {
      this.#ask();
      return room;
    }
    if (!isTurnOver && this.#net.tokens <= MOST_TOKENS) return done;
    this.#breath ??= newRoom();
    this.#defer();
    return this.#breath.promise;
  }

  /** Getters and proxies of somebody else's value may throw: the general way says what of it. */
  #sent(flight: StreamFlight, port: StreamNode["ports"][number], value: unknown): boolean {
    try {
      return sendEarly(this.#ground, flight, port, value, this.#clock.at);
    } catch {
      return false;
    }
  }

  /** The drain comes soon, not within the call of who asks. */
  #ask(): void {
    if (this.#isComing || this.#draining || this.#pausing) return;
    this.#isComing = true;
    void done.then(this.#come);
  }

  readonly #come = (): void => {
    this.#isComing = false;
    if (this.#draining || this.#pausing) return;
    this.#clock.age();
    this.#clock.read();
    this.#drain();
  };

  #drain(): void {
    this.#draining = true;
    while (!this.#stopped && !this.#isOver) {
      if (this.#clock.isTurnOver) {
        this.#defer(true);
        break;
      }
      const arrived = this.#arrived.shift() as StreamFlight | undefined;
      const flight = arrived ?? (this.#calls.shift() as StreamFlight | undefined);
      if (flight === undefined) break;
      if (arrived === undefined) this.#invoke(flight);
      else this.#finish(flight, (flight.made as Made).made);
    }
    this.#draining = false;
    this.#rest();
  }

  /** Nothing is to be called now: the run is over, or waits for code of others, or for room. */
  #rest(): void {
    if (this.#stopped || this.#isOver || this.#pausing || this.#calls.count + this.#arrived.count > 0) return;
    if (this.#places.running === 0) return this.#end();
    if (this.#holds.count === 0 || this.#deferred) return;
    const full = this.#holds.countFull();
    if (full === this.#places.running) this.needEngine();
    else if (full < this.#holds.count) this.#defer();
  }

  /** Quiet: over, unless something still waits for what will not come. */
  #end(): void {
    const { tokens, unsettled } = this.#net;
    if (tokens > 0 || unsettled > this.#plan.letters) return this.needEngine();
    this.#isOver = true;
    this.journal.completed(this.#clock.at);
    this.#places.giveAll();
    this.#breathe();
    this.#out.completed();
  }

  #breathe(): void {
    this.#breath?.resolve();
    this.#breath = undefined;
  }

  /** Everybody else has a turn, before anything more is called where the turn `isOver`. */
  #defer(isOver = false): void {
    this.#pausing ||= isOver;
    if (this.#deferred) return;
    this.#deferred = true;
    this.#out.defer(() => {
      this.#deferred = false;
      this.#pausing = false;
      if (this.#stopped || this.#isOver) return;
      if (this.#out.places.isAwaited()) return this.needEngine();
      this.#clock.set();
      this.#breathe();
      this.#relieve(1);
      this.#drain();
    });
  }

  #relieve(share: number): void {
    for (const flight of this.#holds.relieve(share)) this.#arrived.push(flight);
  }

  #invoke(flight: StreamFlight): void {
    const node = flight.node as StreamNode;
    const inputs = streamInputs(node, flight.tokens, this.#out);
    if (inputs === REFUSED) return this.needEngine();
    flight.beganMs = this.#clock.leave();
    flight.isCalled = true;
    let made: unknown;
    try {
      made = this.#call(flight, node.step as ExpressStep, inputs);
    } catch (error) {
      return this.#failed(flight, error);
    }
    if (isThenable(made)) follow(made, flight, this.#out.stall);
    else if (this.#stopped) this.#succeeded(flight, made);
    else {
      flight.tookMs = this.#clock.read() - flight.beganMs;
      if (flight.tookMs >= STALL_MS) this.#out.heldUp(flight.id, flight.tookMs);
      if (this.#stopped) flight.made = { made };
      else this.#finish(flight, made);
    }
  }

  #call(flight: StreamFlight, step: ExpressStep, inputs: { readonly [port: string]: unknown }): unknown {
    if (step.isModest) return step.direct.code(modestly(step, step.config, inputs));
    const call = new StreamCall(flight, this, inputs, this.#clock.at);
    flight.call = call;
    return step.direct.code(step.reads === undefined ? call.all() : call);
  }

  #succeeded(flight: StreamFlight, made: unknown): void {
    if (flight.ending !== undefined) return flight.ending.resolve(made);
    if (this.#stopped) {
      flight.made = { made };
      return;
    }
    this.#clock.age();
    flight.tookMs = this.#clock.read() - flight.beganMs;
    if (this.#pausing || this.#clock.isTurnOver) {
      flight.made = { made };
      this.#arrived.push(flight);
      return this.#defer(true);
    }
    this.#finish(flight, made);
    if (this.#calls.count > 0) this.#drain();
    else this.#rest();
  }

  #failed(flight: StreamFlight, error: unknown): void {
    if (flight.ending !== undefined) return flight.ending.reject(error);
    flight.made = thrown(error);
    this.needEngine();
  }

  /** The code has ended. Who waits for room ends when there is some. */
  #finish(flight: StreamFlight, made: unknown): void {
    if (flight.room !== undefined) {
      flight.made = { made };
      flight.isWaiting = true;
      return;
    }
    if (!this.#ended(flight, made)) {
      flight.made = { made };
      return this.needEngine();
    }
    const { node } = flight.node as StreamNode;
    flight.call?.close();
    flight.node = undefined;
    flight.call = undefined;
    flight.made = undefined;
    flight.sent = undefined;
    flight.isCalled = false;
    this.#idle.push(flight);
    this.#places.running--;
    this.#note(node);
    this.#settle();
    if (!this.#stopped) this.#places.spare();
  }

  #ended(flight: StreamFlight, made: unknown): boolean {
    try {
      return endAttempt(this.#ground, flight, made, this.#clock.at);
    } catch {
      return false;
    }
  }
}
