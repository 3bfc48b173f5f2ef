import { callAfter } from "../contracts/clock.js";
import type { Executor, WorkflowAnswer, WorkflowCall } from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import { StopSign } from "../contracts/stop-sign.js";
import { failureOf } from "../errors/failure-of.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { isHeld } from "../kernel/emits.js";
import type { Cell, RunEvent, Unstamped } from "../kernel/event.js";
import { isCurrent } from "../kernel/fence.js";
import type { RunTree } from "../kernel/state.js";
import type { RunSettings } from "../values/parts.js";
import { type AttemptPost, type Report, runAttempt } from "./attempts.js";
import type { Caller, HostParts } from "./parts.js";
import { runUndo } from "./undo.js";

type Flight = Cell & {
  readonly id: number;
  readonly stop: StopSign;
  readonly isUndo: boolean;
  /** Set while a full queue holds it: emits that wait for room. */
  held: (() => void)[] | undefined;
};

export type InFlightPost = Omit<AttemptPost, "room" | "callWorkflow"> & {
  report(report: Report): void;
  /** A held attempt takes no resources. */
  lend(id: number): void;
  takeBack(id: number): void;
  /** Nobody waits for the held attempt any more. */
  giveUp(id: number): void;
};

/** The attempts this process runs for one run tree. */
export class InFlight {
  readonly #parts: HostParts;
  readonly #settings: RunSettings;
  readonly #tree: RunTree;
  readonly #post: InFlightPost;
  readonly #attemptPost: AttemptPost;
  readonly #flights = new Map<number, Flight>();
  readonly #held = new Set<Flight>();
  /** Calls of workflows under way, by attempt. */
  readonly #calls = new Map<number, number>();
  #away = 0;
  readonly #waiters = new Set<() => void>();
  #isLetGo = false;

  constructor(parts: HostParts, settings: RunSettings, tree: RunTree, post: InFlightPost) {
    this.#parts = parts;
    this.#settings = settings;
    this.#tree = tree;
    this.#post = post;
    this.#attemptPost = {
      ...post,
      room: (id) => this.#room(id),
      callWorkflow: (caller, id, call) => this.#callWorkflow(caller, id, call),
    };
  }

  /** Attempts that go on by themselves: those held by a full queue do not. */
  get busy(): number {
    return this.#flights.size - this.#held.size;
  }

  /** Those of them that wait for a workflow they called, or more. */
  get away(): number {
    return Math.min(this.#away, this.busy);
  }

  /** Commands are read off committed events. */
  carryOut(event: RunEvent): void {
    switch (event.type) {
      case "attempt.started":
        this.#start(
          { run: event.run, node: event.node, n: event.n, c: event.c, id: event.seq },
          event.fallback,
          event.attempt,
        );
        return;
      case "attempt.succeeded":
      case "attempt.failed":
      case "attempt.lost":
      case "attempt.suspended":
      case "undo.ended":
        this.#end(event.id);
        return;
      case "attempt.emitted":
        this.#hold(event.id);
        return;
      case "undo.started":
        this.#undo({ run: event.run, node: event.node, n: event.n, c: event.c, id: event.seq });
        return;
      case "run.taken":
        this.#undoAgain(event.seq);
        return;
      case "rollback.started":
        this.#abort(event.run, event.cause);
        this.#giveUpStale();
        return;
      case "run.failed":
      case "run.completed":
      case "run.closed":
        this.#giveUpStale();
        return;
      case "run.cancelled":
        this.#abort(0, failureOf("E_CANCELLED", { reason: event.reason }), { andUndoing: true });
        return;
      case "run.stopping":
        this.#abort(event.run, event.cause);
        return;
      default:
        return;
    }
  }

  /**
   * A first attempt that began elsewhere goes on here; without an `executor` of its own it only begins now. Gives what it waits for,
   * where a full queue holds it.
   */
  adopt(at: Cell & { readonly id: number }, executor: Executor | undefined): Promise<void> | undefined {
    const { executors } = this.#parts;
    const parts =
      executor === undefined ? this.#parts : { ...this.#parts, executors: { ...executors, local: executor } };
    this.#start(at, false, 1, parts);
    this.#hold(at.id);
    return this.#room(at.id);
  }

  #start(at: Cell & { readonly id: number }, fallback: boolean, attempt: number, parts = this.#parts): void {
    // It began in the turn before the process let go: whoever takes the run over counts it as lost with the others.
    if (this.#isLetGo) return;
    const stop = new StopSign();
    const { run, node, n, c, id } = at;
    this.#flights.set(id, { run, node, n, c, id, stop, isUndo: false, held: undefined });
    const started = { run, node, n, c, id, fallback, attempt };
    void runAttempt(parts, this.#settings, this.#tree, started, this.#attemptPost, stop).then((report) => {
      if (this.#flights.has(id)) this.#post.report(report);
    });
  }

  /** Once each: one that began in the turn of the take-over is told of by both. */
  #undo(at: Cell & { readonly id: number }): void {
    if (this.#isLetGo || this.#flights.has(at.id)) return;
    const stop = new StopSign();
    this.#flights.set(at.id, { ...at, stop, isUndo: true, held: undefined });
    void runUndo(this.#parts, this.#settings, this.#tree, at, this.#post.log, stop.signal).then((input) => {
      if (this.#flights.has(at.id)) this.#post.report({ input });
    });
  }

  /** What the process that is gone was undoing. What begins with the take-over is an event of its own. */
  #undoAgain(takenAt: number): void {
    for (const run of this.#tree.runs) {
      const undoing = run?.recovery.rolling?.undoing;
      if (undoing !== undefined && undoing.id < takenAt) this.#undo({ ...undoing.entry.cell, id: undoing.id });
    }
  }

  #room(id: number): Promise<void> | undefined {
    const held = this.#flights.get(id)?.held;
    return held && new Promise((resolve) => held.push(resolve));
  }

  /** The steps of what it calls may need what the attempt holds: others have it meanwhile. */
  async #callWorkflow(
    caller: Omit<Caller, "isLetGo" | "away">,
    id: number,
    call: WorkflowCall,
  ): Promise<WorkflowAnswer> {
    const { callWorkflow } = this.#parts;
    if (callWorkflow === undefined) throw nanobrainError("E_INTERNAL", { what: "no workflow can be called here" });
    this.#post.lend(id);
    this.#calls.set(id, (this.#calls.get(id) ?? 0) + 1);
    for (const resolve of this.#waiters) resolve();
    try {
      return await callWorkflow(
        { ...caller, isLetGo: () => this.#isLetGo, away: (waiting) => this.#whileAway(waiting) },
        call,
      );
    } finally {
      const left = (this.#calls.get(id) ?? 1) - 1;
      if (left > 0) this.#calls.set(id, left);
      else this.#calls.delete(id);
      if (left === 0) this.#post.takeBack(id);
    }
  }

  async #whileAway<T>(waiting: Promise<T>): Promise<T> {
    this.#away++;
    try {
      return await waiting;
    } finally {
      this.#away--;
    }
  }

  #hold(id: number): void {
    const flight = this.#flights.get(id);
    if (flight === undefined || flight.held !== undefined || !isHeld(this.#tree, flight)) return;
    flight.held = [];
    this.#held.add(flight);
    this.#post.lend(id);
  }

  /** Lets go on what found room in the turn that has just been committed. */
  release(): void {
    for (const flight of this.#held) {
      if (isHeld(this.#tree, flight)) continue;
      this.#post.takeBack(flight.id);
      this.#letGo(flight);
    }
  }

  /** Attempts that were held when their run ended or went back. */
  #giveUpStale(): void {
    for (const flight of [...this.#flights.values()]) {
      if (flight.isUndo || isCurrent(this.#tree, flight, flight.id)) continue;
      flight.stop.raise(failureOf("E_CANCELLED", { reason: "its run does not wait for it" }));
      this.#post.giveUp(flight.id);
      this.#end(flight.id);
    }
  }

  #letGo(flight: Flight): void {
    this.#held.delete(flight);
    for (const resolve of flight.held ?? []) resolve();
    flight.held = undefined;
  }

  #end(id: number): void {
    const flight = this.#flights.get(id);
    if (flight === undefined) return;
    this.#flights.delete(id);
    this.#calls.delete(id);
    this.#letGo(flight);
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  /** What undoes work goes on to its end when a run above it stops or goes back: that is counted as undone. */
  #abort(top: number, reason: Failure, { andUndoing } = { andUndoing: false }): void {
    for (const flight of this.#flights.values())
      if (this.#isBelow(flight.run, top) && (andUndoing || !flight.isUndo)) flight.stop.raise(reason);
  }

  #isBelow(run: number, top: number): boolean {
    for (let at: number | undefined = run; at !== undefined; at = this.#tree.runs[at]?.parent?.run)
      if (at === top) return true;
    return false;
  }

  /** Resolves when no attempt is left, aside from those that are held or wait for a workflow they called, or the time is up. */
  async settled(withinMs: number): Promise<void> {
    if (withinMs <= 0) return;
    let late = false;
    const stop = callAfter(this.#parts.clock, withinMs, () => {
      late = true;
      for (const resolve of this.#waiters) resolve();
    });
    while (this.busy > this.#calls.size && !late) await new Promise<void>((resolve) => this.#waiters.add(resolve));
    stop();
  }

  /** Ends what still runs; its results no longer count. Answers with what to journal for it. */
  abandon(): Unstamped[] {
    this.#isLetGo = true;
    const lost = [...this.#flights.values()].map(({ run, node, n, c, id, stop }) => {
      stop.raise(failureOf("E_CANCELLED", { reason: "the process lets the run go" }));
      return { type: "attempt.lost", run, node, n, c, id, cause: "drain" } as const;
    });
    for (const flight of this.#held) this.#letGo(flight);
    this.#flights.clear();
    return lost;
  }
}
