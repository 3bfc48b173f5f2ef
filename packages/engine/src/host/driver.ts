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
import { type RunState, type RunTree, runAt } from "../kernel/state.js";
import { hearsOutside } from "../kernel/triggers/hooks.js";
import { onlyWaiting } from "../kernel/waits.js";
import { runErrand } from "../values/errands.js";
import type { RunSettings } from "../values/parts.js";
import { InFlight } from "./in-flight.js";
import { needsOf, poolsOf } from "./needs.js";
import type { HostParts } from "./parts.js";
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

type Entry = {
  readonly input: Unstamped;
  readonly cache?: CacheEntry;
  readonly done: (wanted: boolean) => void;
  readonly fail: (error: Error) => void;
};

type Emission = { readonly value: Handle; readonly links: readonly Finding[] };

function notCurrent(): Error {
  return nanobrainError("E_CANCELLED", { reason: "the attempt is no longer the current one" });
}

function endsAttempt(event: RunEvent): event is Extract<RunEvent, { readonly id: number }> {
  switch (event.type) {
    case "attempt.succeeded":
    case "attempt.failed":
    case "attempt.lost":
    case "attempt.suspended":
      return true;
    default:
      return false;
  }
}

/** It may change what the store's index says of the run: its status. */
function isDecisive(event: RunEvent): boolean {
  if (event.type === "attempt.suspended" || event.type.startsWith("wait.")) return true;
  return event.type.startsWith("run.") && (!("run" in event) || event.run === 0);
}

export class Driver {
  readonly tree: RunTree;
  readonly settings: RunSettings;
  readonly #parts: HostParts;
  readonly #inFlight: InFlight;
  readonly #listeners = new Set<(event: RunEvent) => void>();
  readonly #news = createStepNewsDesk();
  readonly #rest = new Set<() => void>();
  readonly #errands = new Set<string>();
  /** What attempts hold of the pools, by their numbers, from the decision to start until their end is taken in. */
  readonly #held = new Map<number, Needs>();
  /** Those of them that a full queue holds: what they hold is lent out meanwhile. */
  readonly #lent = new Set<number>();
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
    parts.admission.resize(poolsOf(tree.plan));
    this.#inFlight = new InFlight(parts, settings, tree, {
      report: (report) => this.#tell(report.input, report.cache),
      effect: async (cell, id, name, value) => {
        const handle = await parts.values.save(value);
        const wanted = await this.receive({
          type: "effect.recorded",
          run: cell.run,
          node: cell.node,
          n: cell.n,
          c: cell.c,
          id,
          name,
          value: handle,
        });
        if (!wanted) throw notCurrent();
      },
      emit: (at, id, port, index, emission) => this.#emit(at, id, port, index, emission),
      log: (step, level, text) => {
        this.#log({ runId: tree.id, at: parts.clock.now(), level, step, text });
        this.#news.tell({ kind: "log", step, level, text });
      },
      progress: (step, fraction, note) => this.#news.tell({ kind: "progress", step, fraction, note }),
      lend: (id) => this.#lend(id),
      takeBack: (id) => this.#takeBack(id),
      giveUp: (id) => {
        this.#giveBack(id);
        // What it held is free for others of this run too.
        feedHungry(tree);
        this.#again = true;
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
    const needs = this.#held.get(id);
    if (needs === undefined) return;
    this.#parts.admission.give(needs);
    this.#lent.add(id);
    feedHungry(this.tree);
    this.#again = true;
  }

  #takeBack(id: number): void {
    const needs = this.#held.get(id);
    if (needs !== undefined && this.#lent.delete(id)) this.#parts.admission.take(needs);
  }

  /** Resolves once the input is on disk: true, or false when it came too late to count. Rejects when it could not be written. */
  receive(input: Unstamped, cache?: CacheEntry): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken);
      this.#inbox.push({ input, ...(cache && { cache }), done: resolve, fail: reject });
      if (this.#inbox.length === 1) queueMicrotask(() => void this.turn());
    });
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
    return Number(this.#turning) + this.#inbox.length + this.#errands.size + this.#inFlight.busy;
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
  adopt(...[at, executor]: Parameters<InFlight["adopt"]>): void {
    this.#hold(at.id, runAt(this.tree, at.run), at.node);
    this.#inFlight.adopt(at, executor);
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
        const { events, taken } = this.#decideAll(entries);
        const cache = entries.flatMap((entry, index) => (taken[index] === true ? (entry.cache ?? []) : []));
        const logs = this.#logs;
        this.#logs = [];
        if (events.length + logs.length > 0) await this.#parts.commits.add(this.#batch(events, cache, logs));
        this.#publish(events);
        for (const [index, entry] of entries.entries()) entry.done(taken[index] ?? false);
        this.#carryOut(events);
        if (this.#inbox.length === 0 && !this.#again && events.length < TURN_LIMIT) break;
      }
    } catch (error) {
      this.#break(error);
    } finally {
      this.#turning = false;
    }
    this.#wakeNext();
    if (this.isAtRest) for (const resolve of this.#rest) resolve();
    if (this.isAtRest) this.#rest.clear();
  }

  #decideAll(entries: readonly Entry[]): { events: RunEvent[]; taken: boolean[] } {
    const events: RunEvent[] = [];
    const taken = entries.map((entry) => {
      const wanted = isWanted(this.tree, entry.input);
      if (wanted) events.push(this.#apply(entry.input));
      return wanted;
    });
    while (!this.#draining && events.length < TURN_LIMIT) {
      const decision: Decision | undefined = decide(this.tree, this.#parts.clock.now(), this.#admit);
      if (decision === undefined) break;
      events.push(this.#apply(decision));
    }
    return { events, taken };
  }

  #apply(input: Unstamped): RunEvent {
    const event = { seq: this.tree.seq + 1, at: this.#parts.clock.now(), ...input } as RunEvent;
    if (event.type === "attempt.started") this.#hold(event.seq, runAt(this.tree, event.run), event.node);
    evolve(this.tree, event);
    if (endsAttempt(event)) this.#giveBack(event.id);
    return event;
  }

  #hold(id: number, run: RunState, node: number): void {
    const needs = needsOf(this.tree.plan, run, node);
    this.#parts.admission.take(needs);
    this.#held.set(id, needs);
  }

  #giveBack(id: number): void {
    const needs = this.#held.get(id);
    if (needs !== undefined && !this.#lent.delete(id)) this.#parts.admission.give(needs);
    this.#held.delete(id);
  }

  readonly #admit = (run: RunState, node: number): boolean => {
    const mayStart = this.#parts.admission.ask(this.tree.id, needsOf(this.tree.plan, run, node));
    this.#inLine ||= !mayStart;
    return mayStart;
  };

  #batch(events: RunEvent[], cache: readonly CacheEntry[], logs: readonly LogEntry[]): StoreBatch {
    const decisive = events.some(isDecisive);
    return {
      runId: this.tree.id,
      events,
      ...(decisive ? { record: this.record() } : {}),
      ...(cache.length > 0 ? { cache } : {}),
      ...(logs.length > 0 ? { logs } : {}),
    };
  }

  record(): RunRecord {
    const { tree } = this;
    return {
      id: tree.id,
      name: tree.name,
      workflow: tree.plan.name,
      planHash: tree.plan.hash,
      status: this.status,
      createdAt: tree.createdAt,
      endedAt: tree.ended ? this.#parts.clock.now() : null,
      lastSeq: tree.seq,
    };
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
    this.receive(input, cache).catch(() => undefined);
  }

  #carryOut(events: readonly RunEvent[]): void {
    for (const event of events) this.#inFlight.carryOut(event);
    this.#inFlight.release();
    if (this.tree.ended || this.#draining) return;
    for (const [key, errand] of this.tree.errands) {
      if (this.#errands.has(key)) continue;
      this.#errands.add(key);
      void runErrand(this.#parts, this.settings, this.tree, errand).then((input) => {
        this.#errands.delete(key);
        this.#tell(input);
      });
    }
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
    for (const id of [...this.#held.keys()]) this.#giveBack(id);
    for (const entry of [...this.#taken, ...this.#inbox]) entry.fail(this.#broken);
    this.#inbox = [];
  }
}
