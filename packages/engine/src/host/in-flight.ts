import type { Failure } from "../contracts/failure.js";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { Cell, RunEvent, Unstamped } from "../kernel/event.js";
import type { RunTree } from "../kernel/state.js";
import type { RunSettings } from "../values/parts.js";
import { type Report, runAttempt } from "./attempts.js";
import type { HostParts } from "./parts.js";

type Flight = Cell & { readonly id: number; readonly controller: AbortController };

export type InFlightPost = {
  report(report: Report): void;
  effect(at: Cell, id: number, name: string, value: Json): Promise<void>;
  log(step: string, level: "debug" | "info" | "warn" | "error", text: string): void;
};

/** The attempts this process runs for one run tree. */
export class InFlight {
  readonly #parts: HostParts;
  readonly #settings: RunSettings;
  readonly #tree: RunTree;
  readonly #post: InFlightPost;
  readonly #flights = new Map<number, Flight>();
  readonly #waiters = new Set<() => void>();

  constructor(parts: HostParts, settings: RunSettings, tree: RunTree, post: InFlightPost) {
    this.#parts = parts;
    this.#settings = settings;
    this.#tree = tree;
    this.#post = post;
  }

  get size(): number {
    return this.#flights.size;
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
        this.#end(event.id);
        return;
      case "run.cancelled":
        this.#abort(0, failureOf("E_CANCELLED", { reason: event.reason }));
        return;
      case "run.stopping":
        this.#abort(event.run, event.cause);
        return;
      default:
        return;
    }
  }

  #start(at: Cell & { readonly id: number }, fallback: boolean, attempt: number): void {
    const controller = new AbortController();
    this.#flights.set(at.id, { ...at, controller });
    const post = { ...this.#post, progress: () => undefined };
    const started = { ...at, fallback, attempt };
    void runAttempt(this.#parts, this.#settings, this.#tree, started, post, controller).then((report) => {
      if (this.#flights.has(at.id)) this.#post.report(report);
    });
  }

  #end(id: number): void {
    if (!this.#flights.delete(id)) return;
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  #abort(top: number, reason: Failure): void {
    for (const flight of this.#flights.values()) if (this.#isBelow(flight.run, top)) flight.controller.abort(reason);
  }

  #isBelow(run: number, top: number): boolean {
    for (let at: number | undefined = run; at !== undefined; at = this.#tree.runs[at]?.parent?.run)
      if (at === top) return true;
    return false;
  }

  /** Resolves when no attempt is left or the time is up. */
  async settled(withinMs: number): Promise<void> {
    let late = false;
    const stop = this.#parts.clock.wake(this.#parts.clock.now() + withinMs, () => {
      late = true;
      for (const resolve of this.#waiters) resolve();
    });
    while (this.#flights.size > 0 && !late) await new Promise<void>((resolve) => this.#waiters.add(resolve));
    stop();
  }

  /** Ends what still runs; its results no longer count. Answers with what to journal for it. */
  abandon(): Unstamped[] {
    const lost = [...this.#flights.values()].map(({ run, node, n, c, id, controller }) => {
      controller.abort(failureOf("E_CANCELLED", { reason: "the process lets the run go" }));
      return { type: "attempt.lost", run, node, n, c, id, cause: "drain" } as const;
    });
    this.#flights.clear();
    return lost;
  }
}
