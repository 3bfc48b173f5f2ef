import { Worker } from "node:worker_threads";
import type { Blobs } from "../../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink } from "../../../contracts/executor.js";
import type { Failure } from "../../../contracts/failure.js";
import type { Json } from "../../../contracts/json.js";
import type { StepCodeSpec } from "../../../contracts/step-code.js";
import { classify } from "../../../errors/classify.js";
import { NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import { abortFailure } from "../abort-failure.js";
import { attemptScratch, removeScratch } from "../attempt-scratch.js";
import { builtUrl } from "./built-url.js";
import type { FromLane, LaneCall, LaneStart, ToLane } from "./lane-messages.js";
import { watchMemory } from "./memory-watch.js";

export type LaneOptions = {
  readonly code: StepCodeSpec;
  readonly blobs: Blobs;
  /** How long an aborted attempt may take to end before its thread is ended. */
  readonly graceMs: number;
  /** Heap limit; undefined: Node's own. */
  readonly memoryBytes: number | undefined;
};

/** A thread that does not end because it is inside a call of the system is left behind after this long. */
const maxEndingMs = 1_000;
const mebibyte = 1024 * 1024;

type Job = {
  readonly number: number;
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly signal: AbortSignal;
  readonly startedMs: number;
  /** Ends the attempt, once. */
  settle(outcome: AttemptOutcome): void;
};

/**
 * One thread that runs one attempt at a time. I1. A settled attempt reaches neither sink nor blobs. I2. After an abort, a
 * death or leftovers the thread is ended and the lane is of no more use (`isUsable`). I3. It keeps the process alive only
 * while it runs an attempt.
 */
export class Lane {
  readonly memoryBytes: number | undefined;
  readonly #worker: Worker;
  readonly #options: LaneOptions;
  #job: Job | undefined;
  #jobs = 0;
  #usable = true;
  #fatal: unknown;
  #grace: NodeJS.Timeout | undefined;
  #unwatch = (): void => undefined;
  #ending: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.memoryBytes = options.memoryBytes;
    this.#worker = startWorker(options);
    this.#worker.on("message", (message: FromLane) => this.#receive(message));
    this.#worker.on("messageerror", (error) => this.#condemn(error));
    this.#worker.on("error", (error) => {
      this.#fatal = error;
    });
    this.#worker.on("exit", (exitCode) => this.#died(this.#fatal, exitCode));
    this.#worker.unref();
  }

  get isUsable(): boolean {
    return this.#usable;
  }

  get isIdle(): boolean {
    return this.#job === undefined;
  }

  /** Runs one attempt. Resolves when nothing of it runs any more, or it cannot be stopped. */
  async run(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> {
    const abort = (): void => this.#abort();
    let outcome: AttemptOutcome;
    try {
      outcome = await new Promise<AttemptOutcome>((settle) => {
        this.#jobs += 1;
        this.#job = { number: this.#jobs, request, sink, signal, startedMs: performance.now(), settle };
        this.#worker.ref();
        this.#watch();
        signal.addEventListener("abort", abort, { once: true });
        try {
          this.#post({ type: "run", job: this.#jobs, request });
        } catch (error) {
          settle(failed(this.#job, classify(error)));
        }
        if (signal.aborted) abort();
      });
    } finally {
      signal.removeEventListener("abort", abort);
      clearTimeout(this.#grace);
      this.#unwatch();
      this.#job = undefined;
    }
    if (this.#usable) this.#worker.unref();
    else {
      await this.end();
      await removeScratch(attemptScratch(request));
    }
    return outcome;
  }

  /** Ends the thread, whatever it does. */
  end(): Promise<void> {
    this.#usable = false;
    this.#ending ??= bounded(this.#worker.terminate(), maxEndingMs).then(() => this.#worker.unref());
    return this.#ending;
  }

  #post(message: ToLane): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromLane): void {
    const job = this.#job;
    if (message.job !== job?.number) return;
    switch (message.type) {
      case "log":
        job.sink.log(message.level, message.text);
        break;
      case "progress":
        job.sink.progress(message.fraction, message.note);
        break;
      case "call":
        void this.#answer(job, message);
        break;
      case "done":
        if (message.leftovers.length > 0) {
          this.#usable = false;
          job.sink.log("debug", `The step left running: ${message.leftovers.join(", ")}. Its thread is ended.`);
        }
        job.settle(job.signal.aborted ? aborted(job, message.outcome) : message.outcome);
    }
  }

  async #answer(job: Job, { call, method, args }: LaneCall): Promise<void> {
    try {
      if (job.signal.aborted) throw job.signal.reason;
      const value = await asked(method, args, job.sink, this.#options.blobs);
      if (this.#job === job) this.#post({ type: "answer", call, value });
    } catch (error) {
      if (this.#job === job) this.#post({ type: "answer", call, failure: classify(error) });
    }
  }

  /** The attempt may end by itself within the grace; then its thread is ended. */
  #abort(): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#usable = false;
    const reason = abortFailure(job.signal);
    this.#post({ type: "abort", job: job.number, reason });
    this.#grace = setTimeout(() => {
      if (this.#job === job) void this.end().then(() => job.settle(failed(job, reason)));
    }, this.#options.graceMs);
  }

  /** Buffers lie outside the heap that the thread's own limit counts. */
  #watch(): void {
    const { memoryBytes } = this;
    if (memoryBytes === undefined) return;
    const limit = heapLimitMb(memoryBytes) * mebibyte;
    this.#unwatch = watchMemory(this.#worker, limit, (bytes) => {
      const what = `${Math.ceil(bytes / mebibyte)} MiB are held, ${limit / mebibyte} MiB allowed`;
      this.#condemn(nanobrainError("E_OUT_OF_MEMORY", { what }));
    });
  }

  #condemn(error: unknown): void {
    this.#fatal = error;
    void this.end().then(() => this.#died(error));
  }

  #died(error: unknown, exitCode?: number): void {
    this.#usable = false;
    const job = this.#job;
    if (job === undefined) return;
    job.settle(failed(job, job.signal.aborted ? abortFailure(job.signal) : this.#causeOfDeath(error, exitCode)));
  }

  #causeOfDeath(error: unknown, exitCode: number | undefined): Failure {
    const cause = error === undefined ? undefined : classify(error);
    if (error instanceof NanobrainError) return classify(error);
    if (cause?.code === "E_OUT_OF_MEMORY") {
      const limit =
        this.memoryBytes === undefined
          ? "heap limit of its thread"
          : `heap limit of ${heapLimitMb(this.memoryBytes)} MiB`;
      return classify(nanobrainError("E_OUT_OF_MEMORY", { what: limit }));
    }
    const what = cause === undefined ? `process.exit(${exitCode ?? 0}) was called` : `uncaught ${cause.message}`;
    return classify(nanobrainError("E_LANE_DIED", { what }, cause === undefined ? {} : { cause }));
  }
}

function startWorker({ code, memoryBytes }: LaneOptions): Worker {
  const start: LaneStart = { code: { ...code, url: builtUrl(code.url) } };
  return new Worker(new URL(builtUrl(new URL("./lane-entry.js", import.meta.url).href)), {
    name: "nanobrain-lane",
    workerData: start,
    // Flags of the host, such as a test runner's or an inspector's, are not the lane's.
    execArgv: [],
    argv: [],
    // What is printed is taken up inside (`lane-entry`). Reading these streams would keep the process alive.
    stdout: true,
    stderr: true,
    ...(memoryBytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapLimitMb(memoryBytes) } }),
  });
}

/** A thread needs some memory before any of its attempt's code runs. */
function heapLimitMb(memoryBytes: number): number {
  return Math.max(32, Math.ceil(memoryBytes / mebibyte));
}

async function asked(
  method: LaneCall["method"],
  args: readonly unknown[],
  sink: AttemptSink,
  blobs: Blobs,
): Promise<unknown> {
  const subject = args[0] as string;
  switch (method) {
    case "effect":
      return sink.effect(subject, args[1] as Json);
    case "emit":
      return sink.emit(subject, args[1] as number, args[2] as Json);
    case "put":
      return blobs.put(args[0] as Uint8Array);
    case "putFile":
      return blobs.putFile(subject);
    case "get":
      return blobs.get(subject);
    case "has":
      return blobs.has(subject);
    case "path":
      return blobs.path(subject);
  }
}

/** An attempt that ended in its grace has still been aborted. */
function aborted({ signal }: Job, { usage }: AttemptOutcome): AttemptOutcome {
  return { status: "failed", failure: abortFailure(signal), usage };
}

/** For an attempt that could not measure itself. */
function failed({ request, startedMs }: Job, failure: Failure): AttemptOutcome {
  const inputBytes = Buffer.byteLength(JSON.stringify(request.inputs));
  const durationMs = performance.now() - startedMs;
  return {
    status: "failed",
    failure,
    usage: { durationMs, cpuMs: null, peakMemoryBytes: null, inputBytes, outputBytes: 0 },
  };
}

async function bounded(ending: Promise<unknown>, maxMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxMs);
  });
  await Promise.race([ending, late]);
  clearTimeout(timer);
}
