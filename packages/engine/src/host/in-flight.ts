import type { Needs } from "../admit/admission.js";
import type { Failure } from "../contracts/failure.js";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { Cell, RunEvent, Unstamped } from "../kernel/event.js";
import { type RunTree, runAt } from "../kernel/state.js";
import type { RunSettings } from "../values/parts.js";
import { type Report, runAttempt } from "./attempts.js";
import { needsOf } from "./needs.js";
import type { HostParts } from "./parts.js";

type Flight = Cell & { readonly id: number; readonly controller: AbortController; readonly needs: Needs };

export type InFlightPost = {
  report(report: Report): void;
  effect(at: Cell, id: number, name: string, value: Json): Promise<void>;
  log(step: string, level: "debug" | "info" | "warn" | "error", text: string): void;
};

/** The attempts this process runs for one run tree, and the resources they hold. */
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

  /** Commands are read off committed events. Attempts that ended give back what they held. */
  carryOut(event: RunEvent, give: (needs: Needs) => void): void {
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
        this.#end(event.id, give);
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
    const needs = needsOf(this.#tree.plan, runAt(this.#tree, at.run), at.node);
    this.#flights.set(at.id, { ...at, controller, needs });
    const post = { ...this.#post, progress: () => undefined };
    const started = { ...at, fallback, attempt };
    void runAttempt(this.#parts, this.#settings, this.#tree, started, post, controller).then((report) => {
      if (this.#flights.has(at.id)) this.#post.report(report);
    });
  }

  #end(id: number, give: (needs: Needs) => void): void {
    const flight = this.#flights.get(id);
    if (flight === undefined) return;
    this.#flights.delete(id);
    give(flight.needs);
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
    return lost;
  }
}
