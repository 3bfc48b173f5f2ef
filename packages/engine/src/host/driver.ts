import type { Needs } from "../admit/admission.js";
import type { Handle } from "../contracts/handle.js";
import type { CacheEntry, LogEntry, RunRecord, RunStatus, StoreBatch } from "../contracts/store.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { decide, nextDue } from "../kernel/decide.js";
import type { Cell, Decision, Finding, RunEvent, Unstamped } from "../kernel/event.js";
import { evolve } from "../kernel/evolve.js";
import { feedHungry } from "../kernel/evolve-attempts.js";
import { isCurrent, isWanted } from "../kernel/fence.js";
import { isIdle } from "../kernel/quiescence.js";
import { type Errand, type RunState, type RunTree, runAt } from "../kernel/state.js";
import { hearsOutside } from "../kernel/triggers/hooks.js";
import { onlyWaiting } from "../kernel/waits.js";
import { runErrand } from "../values/errands.js";
import type { RunSettings } from "../values/parts.js";
import { CachedResults } from "./cached-results.js";
import type { Asker, Entry } from "./entry.js";
import { endsAttempt, isDecisive, recordedEffect } from "./event-effects.js";
import { Holdings } from "./holdings.js";
import { InFlight } from "./in-flight.js";
import { LaneShares } from "./lane-shares.js";
import { Ledger } from "./ledger.js";
import { needsOf, poolsOf } from "./needs.js";
import { newWarnings } from "./new-warnings.js";
import type { HostParts } from "./parts.js";
import { recordOf } from "./record-of.js";
import { stamped } from "./stamped.js";
import { createStepNewsDesk, type StepNews } from "./step-news.js";

/*
 * The only loop. One driver drives one run tree.
 * I1. An event is on disk before any command that follows from it is carried out, and before anybody hears of it.
 * I2. Inputs are taken in order of arrival; all decisions that follow from them go into the same transaction.
 * I3. What comes too late (see `fence`) changes nothing.
 * I4. A commit that failed ends the driving: the state here may be ahead of the disk, so nothing more is carried out from it.
 */

/** Decisions in one transaction. More follow in the next. */
const TURN_LIMIT = 10_000;

type Emission = { readonly value: Handle; readonly links: readonly Finding[] };

function notCurrent(): Error {
  return nanobrainError("E_CANCELLED", { reason: "the attempt is no longer the current one" });
}

export class Driver {
  readonly tree: RunTree;
  readonly settings: RunSettings;
  readonly ledger: Ledger;
  readonly #parts: HostParts;
  readonly #inFlight: InFlight;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #news = createStepNewsDesk();
  readonly #rest = new Set<() => void>();
  readonly #errands = new Set<string>();
  readonly #holdings: Holdings;
  readonly #shares: LaneShares;
  readonly #cached: CachedResults;
  #inbox: Entry[] = [];
  #taken: Entry[] = [];
  #logs: LogEntry[] = [];
  #turning = false;
  /** Something was asked for while a turn was under way. */
  #again = false;
  #draining = false;
  /** It was refused resources and may be in line for them. */
  #inLine = false;
  #broken: Error | undefined;
  #alarm: (() => void) | undefined;

  constructor(parts: HostParts, settings: RunSettings, tree: RunTree) {
    this.tree = tree;
    this.#parts = parts;
    this.settings = settings;
    this.ledger = new Ledger(parts, tree);
    parts.admission.resize(poolsOf(tree.plan));
    this.#holdings = new Holdings(parts.admission);
    this.#shares = new LaneShares(parts.executors);
    this.#cached = new CachedResults(parts, settings, tree);
    const isNews = newWarnings();
    this.#inFlight = new InFlight(parts, settings, tree, {
      report: (report) => this.#tell(report.input, report.cache),
      effect: async (cell, id, name, value, note) => {
        const wanted = await this.receive(recordedEffect(cell, id, name, await parts.values.save(value), note));
        if (!wanted) throw notCurrent();
        if (note !== undefined) this.ledger.settle(id, name, note.spent);
      },
      reserve: (cell, id, name, wish) => this.ledger.reserve(cell, id, name, wish),
      emit: (at, id, port, index, emission) => this.#emit(at, id, port, index, emission),
      log: (step, level, text) => {
        this.#log({ runId: tree.id, at: parts.clock.now(), level, step, text });
        this.#news.tell({ kind: "log", step, level, text });
      },
      warn: ({ run, ...at }, id, message) => {
        if (!isCurrent(tree, { run, ...at }, id) || !isNews(message)) return;
        void this.receive({ type: "warning.raised", run, code: "W_STEP", message }).catch(() => undefined);
      },
      progress: (step, fraction, note) => this.#news.tell({ kind: "progress", step, fraction, note }),
      lend: (id) => this.#lend(id),
      takeBack: (id) => this.#holdings.takeBack(id),
      giveUp: (id) => {
        this.#holdings.giveBack(id);
        this.#freed();
      },
    });
  }

  async #emit(at: Cell, id: number, port: string, index: number, emission: Emission): Promise<void> {
    const { run, node, n, c } = at;
    const wanted = await this.receive({ type: "attempt.emitted", run, node, n, c, id, port, index, ...emission });
    // What an earlier attempt sent stands; only the present attempt may go on.
    if (!wanted && !isCurrent(this.tree, at, id)) throw notCurrent();
  }

  /** Admission had counted it: others may run while it is held. */
  #lend(id: number): void {
    if (this.#holdings.lend(id)) this.#freed();
  }

  /** What was held is free for others of this run too. */
  #freed(): void {
    feedHungry(this.tree);
    this.#again = true;
  }

  /** Resolves once the input is on disk: true, or false when it came too late to count. Rejects when it could not be written. */
  receive(input: Unstamped, cache?: CacheEntry): Promise<boolean> {
    return new Promise((done, fail) => {
      if (this.#broken !== undefined) fail(this.#broken);
      else this.#enter(input, cache, { done, fail });
    });
  }

  #enter(input: Unstamped, cache?: CacheEntry, asker?: Asker, errand?: string): void {
    this.#inbox.push({ input, cache, asker, errand, wanted: false });
    // A turn that is under way looks again before it ends.
    if (this.#inbox.length === 1 && !this.#turning) queueMicrotask(() => void this.turn());
  }

  listen(listener: (event: RunEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What running steps say of themselves. */
  hear(listener: (news: StepNews) => void): () => void {
    return this.#news.hear(listener);
  }

  get status(): RunStatus {
    const root = this.tree.runs[0];
    if (root === undefined) return "pending";
    if (root.status === "completed" || root.status === "cancelled") return root.status;
    if (root.status === "failed") return "failed";
    if (this.tree.paused) return "paused";
    return this.#isWaiting() ? "waiting" : "running";
  }

  /** Nothing goes on before somebody outside speaks: a person who is asked, a trigger or the end that a person brings. */
  #isWaiting(): boolean {
    const { tree } = this;
    const root = tree.runs[0];
    if (root === undefined || tree.ended || tree.cancelled || this.#inFlight.busy > 0 || tree.errands.size > 0)
      return false;
    // What is decided to start is not in flight before it is on disk.
    if (root.running > root.held || hearsOutside(tree)) return false;
    if (onlyWaiting(tree, root) || isIdle(tree, root)) return true;
    return tree.hungry.size === 0 && !Number.isFinite(nextDue(tree));
  }

  /** Nothing runs and nothing will by itself: ended, paused with all attempts done, let go, or broken. */
  get isAtRest(): boolean {
    if (this.#broken !== undefined) return true;
    if (this.#turning || this.#inbox.length > 0) return false;
    if (this.tree.ended) return true;
    return this.#inFlight.busy === 0 && (this.tree.paused || this.#draining || this.#isWaiting());
  }

  /** How much goes on here that no clock has to move on: turns, inputs, errands, attempts that are not held. */
  get underWay(): number {
    return Number(this.#turning) + this.#inbox.length + this.#errands.size + this.#inFlight.busy - this.#inFlight.away;
  }

  /** The store could not be written: this driver does nothing more (I4). */
  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** Resolves when the driver is at rest; rejects when the store could not be written. */
  async rest(): Promise<void> {
    while (!this.isAtRest) await new Promise<void>((resolve) => this.#rest.add(resolve));
    if (this.#broken !== undefined) throw this.#broken;
  }

  /** An attempt of the journal so far goes on, or begins, here. */
  adopt(...[at, executor]: Parameters<InFlight["adopt"]>): ReturnType<InFlight["adopt"]> {
    this.#hold(at.id, runAt(this.tree, at.run), at.node);
    return this.#inFlight.adopt(at, executor);
  }

  /** Takes inputs, decides to the fixpoint, commits, then carries out. One turn at a time. */
  async turn(): Promise<void> {
    this.#again = true;
    if (this.#turning || this.#broken !== undefined) return;
    this.#turning = true;
    try {
      for (;;) {
        this.#again = false;
        const entries = this.#inbox;
        this.#inbox = [];
        this.#taken = entries;
        const events = this.#decideAll(entries);
        const written = this.#write(events, entries);
        if (written !== undefined) await written;
        if (this.#listeners.size > 0) this.#publish(events);
        for (const entry of entries) entry.asker?.done(entry.wanted);
        this.#carryOut(events);
        this.#again ||= this.#cached.endTurn();
        if (this.#inbox.length === 0 && !this.#again && events.length < TURN_LIMIT) break;
      }
    } catch (error) {
      this.#break(error);
    } finally {
      this.#turning = false;
    }
    this.#wakeNext();
    if (this.#rest.size > 0 && this.isAtRest) this.#tellRest();
  }

  #tellRest(): void {
    for (const resolve of this.#rest) resolve();
    this.#rest.clear();
  }

  #decideAll(entries: readonly Entry[]): RunEvent[] {
    const events: RunEvent[] = [];
    for (const entry of entries) {
      // Until its answer is taken in, an errand is not run again: a second answer would be taken for that of the next one of its key.
      if (entry.errand !== undefined) this.#errands.delete(entry.errand);
      entry.wanted = isWanted(this.tree, entry.input);
      if (entry.wanted) events.push(this.#apply(entry.input));
    }
    while (!this.#draining && events.length < TURN_LIMIT && !this.#cached.isFull) {
      const decision: Decision | undefined = decide(this.tree, this.#parts.clock.now(), this.#admit);
      if (decision === undefined) break;
      const event = this.#apply(decision);
      const cached = this.#cached.take(event);
      if (cached === undefined) events.push(event);
      else events.push(event, this.#apply(cached));
    }
    return events;
  }

  /** Undefined where it is on disk already, or there is nothing to write. */
  #write(events: RunEvent[], entries: readonly Entry[]): void | Promise<void> {
    const logs = this.#logs;
    if (events.length + logs.length === 0) return undefined;
    if (logs.length > 0) this.#logs = [];
    let cache: CacheEntry[] | undefined;
    for (const entry of entries) {
      if (!entry.wanted || entry.cache === undefined) continue;
      cache ??= [];
      cache.push(entry.cache);
    }
    return this.#parts.commits.add(this.#batch(events, cache, logs));
  }

  #apply(input: Unstamped): RunEvent {
    const event = stamped(this.tree.seq + 1, this.#parts.clock.now(), input);
    if (event.type === "attempt.started") this.#hold(event.seq, runAt(this.tree, event.run), event.node);
    if (event.type === "attempt.succeeded") this.#shares.learn(runAt(this.tree, event.run), event);
    evolve(this.tree, event);
    if (endsAttempt(event)) {
      this.#holdings.giveBack(event.id);
      this.ledger.release(event.id);
    }
    return event;
  }

  #hold(id: number, run: RunState, node: number): void {
    this.#holdings.hold(id, this.#needs(run, node));
  }

  readonly #admit = (run: RunState, node: number): boolean => {
    const mayStart = this.#parts.admission.ask(this.tree.id, this.#needs(run, node));
    this.#inLine ||= !mayStart;
    return mayStart;
  };

  #needs(run: RunState, node: number): Needs {
    return needsOf(this.tree.plan, run, node, this.#shares.of(run, node));
  }

  #batch(events: RunEvent[], cache: readonly CacheEntry[] | undefined, logs: readonly LogEntry[]): StoreBatch {
    const batch: { -readonly [Key in keyof StoreBatch]: StoreBatch[Key] } = { runId: this.tree.id, events };
    if (events.some(isDecisive)) batch.record = this.record();
    if (cache !== undefined) batch.cache = cache;
    if (logs.length > 0) batch.logs = logs;
    return batch;
  }

  record(): RunRecord {
    return recordOf(this.tree, this.status, () => this.#parts.clock.now());
  }

  /** A listener that throws is the listener's fault: the run goes on, and its log says so. */
  #publish(events: readonly RunEvent[]): void {
    for (const event of events) {
      for (const listener of this.#listeners) {
        try {
          listener(event);
        } catch (error) {
          const text = `a listener failed at event ${event.seq}: ${String(error)}`;
          this.#log({ runId: this.tree.id, at: this.#parts.clock.now(), level: "error", step: "", text });
        }
      }
    }
  }

  /** For those who need no answer: a store that cannot be written is told by `rest`. */
  #tell(input: Unstamped, cache?: CacheEntry): void {
    if (this.#broken === undefined) this.#enter(input, cache);
  }

  #carryOut(events: readonly RunEvent[]): void {
    for (const event of events) if (!this.#cached.has(event)) this.#inFlight.carryOut(event);
    this.#inFlight.release();
    if (this.tree.ended || this.#draining) return;
    for (const [key, errand] of this.tree.errands) if (!this.#errands.has(key)) this.#runErrand(key, errand);
  }

  #runErrand(key: string, errand: Errand): void {
    const found = runErrand(this.#parts, this.settings, this.tree, errand);
    this.#errands.add(key);
    const told = (input: Unstamped): void => {
      if (this.#broken === undefined) this.#enter(input, undefined, undefined, key);
    };
    if (found instanceof Promise) void found.then(told);
    else told(found);
  }

  /** Sets the alarm for the next retry or deadline, and lets the next run in line have what is free. */
  #wakeNext(): void {
    this.#alarm?.();
    this.#alarm = undefined;
    const due = this.#draining || this.#broken !== undefined ? Number.POSITIVE_INFINITY : nextDue(this.tree);
    if (Number.isFinite(due)) this.#alarm = this.#parts.clock.wake(due, () => void this.turn());
    const { ended, paused, hungry } = this.tree;
    if (ended || paused || hungry.size === 0 || this.#draining || this.#broken !== undefined) this.#leaveLine();
    const next = this.#parts.admission.next();
    if (next !== undefined && next !== this.tree.id) this.#parts.offer(next);
  }

  /** A run that was taken over may have a place of its own in line: an earlier driver gives up its own only. */
  #leaveLine(): void {
    if (this.#inLine) this.#parts.admission.leave(this.tree.id);
    this.#inLine = false;
  }

  /** Looks again at what was refused: resources may have come free elsewhere. */
  stir(): void {
    feedHungry(this.tree);
    void this.turn();
  }

  /** Starts nothing more; waits for running attempts, then abandons them, and lets the run go for another process. */
  async drain(drainMs: number): Promise<void> {
    if (this.tree.ended || this.#broken !== undefined) return;
    this.#draining = true;
    await this.#inFlight.settled(drainMs);
    const released = { type: "run.released", cause: "drain" } as const;
    const last = [...this.#inFlight.abandon(), released].map((input) => this.receive(input));
    // A store that cannot be written is told by `rest`; whoever takes the run over finds it as after a crash.
    await Promise.allSettled(last);
    this.#wakeNext();
  }

  #log(entry: LogEntry): void {
    this.#logs.push(entry);
    if (this.#logs.length === 1) void this.turn();
  }

  #break(error: unknown): void {
    this.#broken =
      error instanceof Error
        ? error
        : nanobrainError("E_INTERNAL", { what: "a commit failed without a reason" }, { cause: error });
    this.#inFlight.abandon();
    this.#holdings.giveAllBack();
    for (const { asker } of [...this.#taken, ...this.#inbox]) asker?.fail(this.#broken);
    this.#inbox = [];
  }
}
