import { type Clock, callAfter } from "../contracts/clock.js";
import type {
  AttemptOutcome,
  AttemptRequest,
  AttemptSink,
  Executor,
  Suspension,
  Usage,
} from "../contracts/executor.js";
import type { Failure } from "../contracts/failure.js";
import type { Json } from "../contracts/json.js";
import { classify } from "../errors/classify.js";

export type Emission = { readonly port: string; readonly value: Json; sent?(): void };

/** What an attempt does instead of running code. */
export type Script = {
  /** How long it takes; null: it hangs until it is aborted. */
  readonly latencyMs: number | null;
  /** How long it goes on after an abort. */
  readonly graceMs?: number;
  /** An effect it runs halfway, unless an earlier attempt did. `run` is called when it happens, `recorded` when it is on disk. */
  readonly effect?: { readonly name: string; readonly value: Json; run(): void; recorded(): void };
  /** What it emits when half of its time is over, one after the other, each awaited. `sent` is called when one is acknowledged. */
  readonly emits?: readonly Emission[];
  /** Asked when it ends. */
  end():
    | { readonly outputs: { readonly [port: string]: Json } }
    | { readonly failure: Failure }
    | { readonly suspended: Suspension };
};

export type FakeExecutorOptions = {
  readonly name: string;
  readonly lanes: number;
  readonly clock: Clock;
  /** Called once per attempt, as it starts. */
  script(request: AttemptRequest): Script;
};

/** An executor without threads or code: attempts take simulated time and end as their script says. */
export class FakeExecutor implements Executor {
  readonly name: string;
  readonly lanes: number;
  readonly #options: FakeExecutorOptions;
  /** Attempts under way by id. */
  readonly running = new Map<string, AttemptRequest>();

  constructor(options: FakeExecutorOptions) {
    this.name = options.name;
    this.lanes = options.lanes;
    this.#options = options;
  }

  async execute(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> {
    const { clock } = this.#options;
    const startedAt = clock.now();
    const script = this.#options.script(request);
    this.running.set(request.id, request);
    const usage = (): Usage => ({
      durationMs: clock.now() - startedAt,
      cpuMs: null,
      peakMemoryBytes: null,
      inputBytes: 0,
      outputBytes: 0,
    });
    try {
      if (!(await this.#work(script, request, sink, signal)))
        return { status: "failed", failure: signal.reason as Failure, usage: usage() };
      const end = script.end();
      if ("failure" in end) return { status: "failed", failure: end.failure, usage: usage() };
      if ("suspended" in end) return { status: "suspended", ...end.suspended, usage: usage() };
      return { status: "succeeded", outputs: end.outputs, usage: usage() };
    } catch (error) {
      return { status: "failed", failure: classify(error), usage: usage() };
    } finally {
      this.running.delete(request.id);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** False: it was aborted. */
  async #work(script: Script, request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<boolean> {
    const { effect, emits = [], latencyMs, graceMs = 0 } = script;
    if (latencyMs === null) return this.#pass(Number.POSITIVE_INFINITY, graceMs, signal);
    const effects = effect === undefined || effect.name in request.effects ? [] : [effect];
    if (effects.length + emits.length === 0) return this.#pass(latencyMs, graceMs, signal);
    if (!(await this.#pass(latencyMs / 2, graceMs, signal))) return false;
    for (const one of effects) {
      one.run();
      await sink.effect(one.name, one.value);
      one.recorded();
    }
    if (!(await emitAll(emits, sink, signal))) return false;
    return this.#pass(latencyMs / 2, graceMs, signal);
  }

  /** Lets time pass. False: aborted, and the grace is over. */
  #pass(ms: number, graceMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      const stop = Number.isFinite(ms) ? callAfter(clock, ms, () => done(true)) : () => undefined;
      const onAbort = (): void => {
        stop();
        callAfter(clock, graceMs, () => done(false));
      };
      const done = (whole: boolean): void => {
        signal.removeEventListener("abort", onAbort);
        resolve(whole);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
    });
  }
}

/** False: it was aborted while it waited for room. */
async function emitAll(emits: readonly Emission[], sink: AttemptSink, signal: AbortSignal): Promise<boolean> {
  const counts = new Map<string, number>();
  const aborted = new Promise<"aborted">((resolve) => {
    if (signal.aborted) resolve("aborted");
    else signal.addEventListener("abort", () => resolve("aborted"), { once: true });
  });
  for (const { port, value, sent } of emits) {
    const index = counts.get(port) ?? 0;
    counts.set(port, index + 1);
    if ((await Promise.race([sink.emit(port, index, value), aborted])) === "aborted") return false;
    sent?.();
  }
  return !signal.aborted;
}
