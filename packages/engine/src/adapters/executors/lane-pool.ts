import type { Blobs } from "../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, ComponentCall, Executor } from "../../contracts/executor.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { abortFailure } from "./abort-failure.js";
import { Lane } from "./lane.js";
import type { OpenCarrier } from "./lane-carrier.js";

/** Components that exist in this thread's memory only, and the executor that runs them in place of this one. */
export type InMemory = { owns(component: ComponentCall): boolean; readonly executor: Executor };

export type LanePoolOptions = {
  readonly open: OpenCarrier;
  readonly blobs: Blobs;
  /** Lanes at once, besides those whose attempt waits for room behind what it emitted. They are kept for the attempts to come. */
  readonly lanes: number;
  /** How long code may take to end after its signal has aborted; default 200. */
  readonly graceMs?: number;
  /** Memory of attempts that declare none; undefined: no limit of ours. */
  readonly memoryBytes?: number | undefined;
  readonly inMemory?: InMemory | undefined;
};

/** An executor whose attempts run on lanes, one at a time on each. */
export function laneExecutor(name: string, options: LanePoolOptions): Executor {
  const pool = new LanePool(options);
  const { inMemory } = options;
  return {
    name,
    lanes: options.lanes,
    execute(request, sink, signal) {
      if (inMemory?.owns(request.component) !== true) return pool.execute(request, sink, signal);
      const { executor } = inMemory;
      const why = `${request.component.class} is registered in memory, which other threads and processes do not see`;
      sink.log("debug", `Runs on ${executor.name}: ${why}`);
      return executor.execute(request, sink, signal);
    },
    close: () => pool.close(),
  };
}

type Waiting = { readonly request: AttemptRequest; start(lane: Lane): void };

/**
 * Lanes and the attempts that wait for one, first come, first served. An attempt that is held, because a queue behind what it
 * emitted is full, may be so for hours: its lane does not count meanwhile, so that those which empty the queue can run.
 */
class LanePool {
  readonly #options: LanePoolOptions;
  readonly #lanes = new Set<Lane>();
  readonly #waiting = new Set<Waiting>();
  readonly #ending = new Set<Promise<void>>();
  readonly #running = new Map<AbortController, Promise<AttemptOutcome>>();
  readonly #closed = nanobrainError("E_CANCELLED", { reason: "the executor was closed" });
  #open = true;

  constructor(options: LanePoolOptions) {
    this.#options = options;
  }

  async execute(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> {
    const aborter = new AbortController();
    const follow = (): void => aborter.abort(signal.reason);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
    if (!this.#open) aborter.abort(this.#closed);
    const attempt = this.#attempt(request, sink, aborter.signal);
    this.#running.set(aborter, attempt);
    try {
      return await attempt;
    } finally {
      signal.removeEventListener("abort", follow);
      this.#running.delete(aborter);
    }
  }

  async close(): Promise<void> {
    this.#open = false;
    for (const aborter of this.#running.keys()) aborter.abort(this.#closed);
    await Promise.allSettled(this.#running.values());
    await Promise.all([...this.#lanes].map((lane) => lane.end()));
    await Promise.all(this.#ending);
    this.#lanes.clear();
  }

  #attempt(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> {
    if (signal.aborted) return Promise.resolve(neverStarted(signal));
    return new Promise((resolve) => {
      const start = (lane: Lane): void => {
        signal.removeEventListener("abort", leave);
        void lane.run(request, sink, signal).then((outcome) => {
          resolve(outcome);
          this.#offer();
          this.#endSurplus();
        });
      };
      const waiting: Waiting = { request, start };
      const leave = (): void => {
        this.#waiting.delete(waiting);
        resolve(neverStarted(signal));
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(waiting);
      this.#offer();
    });
  }

  #offer(): void {
    for (const waiting of this.#waiting) {
      const lane = this.#idleLane(waiting.request.memoryBytes ?? this.#options.memoryBytes);
      if (lane === undefined) return;
      this.#waiting.delete(waiting);
      waiting.start(lane);
    }
  }

  /** A lane with that memory: one that waits, or a new one, if need be in place of one with another limit. */
  #idleLane(memoryBytes: number | undefined): Lane | undefined {
    for (const lane of this.#lanes) if (!lane.isUsable && lane.isIdle) this.#drop(lane);
    const idle = [...this.#lanes].filter((lane) => lane.isIdle);
    const fitting = idle.find((lane) => lane.memoryBytes === memoryBytes);
    if (fitting !== undefined) return fitting;
    if (this.#counted() >= this.#options.lanes) {
      const [other] = idle;
      if (other === undefined) return undefined;
      this.#drop(other);
    }
    const { open, blobs, graceMs = 200 } = this.#options;
    const lane = new Lane({ open, blobs, graceMs, memoryBytes, heldChanged: () => this.#offer() });
    this.#lanes.add(lane);
    return lane;
  }

  /** Lanes that were added for held attempts, whose wait is over. */
  #endSurplus(): void {
    for (const lane of this.#lanes) {
      if (this.#counted() <= this.#options.lanes) return;
      if (lane.isIdle) this.#drop(lane);
    }
  }

  #drop(lane: Lane): void {
    this.#lanes.delete(lane);
    const ending = lane.end().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #counted(): number {
    let count = 0;
    for (const lane of this.#lanes) if (!lane.isHeld) count += 1;
    return count;
  }
}

function neverStarted(signal: AbortSignal): AttemptOutcome {
  const usage = { durationMs: 0, cpuMs: null, peakMemoryBytes: null, inputBytes: 0, outputBytes: 0 };
  return { status: "failed", failure: abortFailure(signal.reason), usage };
}
