import type { Blobs } from "../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { Json } from "../../contracts/json.js";
import { classify } from "../../errors/classify.js";
import { maskedFailure } from "../../values/masked-failure.js";
import { secretMask } from "../../values/secret-mask.js";
import { abortFailure } from "./abort-failure.js";
import { attemptScratch, removeScratch } from "./attempt-scratch.js";
import type { Carrier, OpenCarrier } from "./lane-carrier.js";
import type { FromLane, LaneCall } from "./lane-messages.js";
import { attemptLog } from "./step-context.js";

export type LaneOptions = {
  readonly open: OpenCarrier;
  readonly blobs: Blobs;
  /** How long an aborted attempt may take to end before its thread or process is ended. */
  readonly graceMs: number;
  /** Undefined: no limit of ours. */
  readonly memoryBytes: number | undefined;
  /** Its attempt begins or ends to wait for what it emitted. */
  heldChanged(): void;
};

type Job = {
  readonly number: number;
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly signal: AbortSignal;
  readonly startedMs: number;
  /** Emits that are not acknowledged. */
  held: number;
  readonly print: AttemptSink["log"];
  /** Ends the attempt, once. */
  settle(outcome: AttemptOutcome): void;
};

/**
 * One thread or process that runs one attempt at a time. I1. A settled attempt reaches neither sink nor blobs. I2. After an
 * abort, a death or leftovers its carrier is ended and the lane is of no more use (`isUsable`). I3. It keeps this process
 * alive only while it runs an attempt.
 */
export class Lane {
  readonly memoryBytes: number | undefined;
  readonly #carrier: Carrier;
  readonly #options: LaneOptions;
  #job: Job | undefined;
  #jobs = 0;
  #usable = true;
  #grace: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.memoryBytes = options.memoryBytes;
    this.#carrier = options.open(options.memoryBytes, {
      received: (message) => this.#receive(message),
      printed: (level, line) => this.#job?.print(level, line),
      died: (cause) => this.#died(cause),
    });
  }

  get isUsable(): boolean {
    return this.#usable;
  }

  get isIdle(): boolean {
    return this.#job === undefined;
  }

  /** Its attempt waits until what it emitted is acknowledged, which may take as long as a queue is full. */
  get isHeld(): boolean {
    return (this.#job?.held ?? 0) > 0;
  }

  /** Runs one attempt. Resolves when nothing of it runs any more, or it cannot be stopped. */
  async run(request: AttemptRequest, sink: AttemptSink, signal: AbortSignal): Promise<AttemptOutcome> {
    const abort = (): void => this.#abort();
    let release = (): void => undefined;
    let outcome: AttemptOutcome;
    try {
      outcome = await new Promise<AttemptOutcome>((settle) => {
        this.#jobs += 1;
        const print = attemptLog(sink, secretMask(request.secrets));
        const startedMs = performance.now();
        this.#job = { number: this.#jobs, request, sink, signal, startedMs, held: 0, print, settle };
        release = this.#carrier.occupy();
        signal.addEventListener("abort", abort, { once: true });
        try {
          this.#carrier.post({ type: "run", job: this.#jobs, request });
        } catch (error) {
          settle(failed(this.#job, classify(error)));
        }
        if (signal.aborted) abort();
      });
    } finally {
      signal.removeEventListener("abort", abort);
      clearTimeout(this.#grace);
      this.#job = undefined;
    }
    if (!this.#usable) {
      await this.end();
      await removeScratch(attemptScratch(request));
    }
    release();
    return outcome;
  }

  /** Ends the thread or process, whatever it does. */
  end(): Promise<void> {
    this.#usable = false;
    this.#ending ??= this.#carrier.end();
    return this.#ending;
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
          const what = message.leftovers.join(", ");
          job.sink.log("debug", `The step left running: ${what}. Its thread or process is ended.`);
        }
        job.settle(job.signal.aborted ? aborted(job, message.outcome) : message.outcome);
    }
  }

  async #answer(job: Job, { call, method, args }: LaneCall): Promise<void> {
    try {
      if (job.signal.aborted) throw job.signal.reason;
      const asking = asked(method, args, job.sink, this.#options.blobs);
      const value = await (method === "emit" ? this.#holding(job, asking) : asking);
      if (this.#job === job) this.#carrier.post({ type: "answer", call, value });
    } catch (error) {
      if (this.#job === job) this.#carrier.post({ type: "answer", call, failure: classify(error) });
    }
  }

  async #holding(job: Job, emitting: Promise<unknown>): Promise<unknown> {
    job.held += 1;
    this.#options.heldChanged();
    try {
      return await emitting;
    } finally {
      job.held -= 1;
    }
  }

  /** The attempt may end by itself within the grace; then its carrier is ended. */
  #abort(): void {
    const job = this.#job;
    if (job === undefined) return;
    this.#usable = false;
    const reason = abortFailure(job.signal.reason);
    this.#carrier.post({ type: "abort", job: job.number, reason });
    this.#grace = setTimeout(() => {
      if (this.#job === job) void this.end().then(() => job.settle(failed(job, reason)));
    }, this.#options.graceMs);
  }

  #died(cause: Failure): void {
    this.#usable = false;
    const job = this.#job;
    if (job === undefined) return;
    const own = maskedFailure(cause, secretMask(job.request.secrets));
    job.settle(failed(job, job.signal.aborted ? abortFailure(job.signal.reason) : own));
  }
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
  return { status: "failed", failure: abortFailure(signal.reason), usage };
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
