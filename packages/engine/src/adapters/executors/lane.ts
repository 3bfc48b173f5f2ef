import type { Blobs } from "../../contracts/blobs.js";
import type { AttemptOutcome, AttemptRequest, AttemptSink, WorkflowCall } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { Json } from "../../contracts/json.js";
import type { CallNote, CallWish } from "../../contracts/spending.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { classify } from "../../errors/classify.js";
import { maskedFailure } from "../../values/masked-failure.js";
import { secretMask } from "../../values/secret-mask.js";
import { abortFailure } from "./abort-failure.js";
import { attemptScratch, removeScratch } from "./attempt-scratch.js";
import type { Carrier, OpenCarrier } from "./lane-carrier.js";
import { maxPosted } from "./lane-claims.js";
import { type FromLane, type LaneCall, type LaneEnd, outcomeOf } from "./lane-messages.js";
import { LaneOutbox } from "./lane-outbox.js";
import { attemptLog, warnBy } from "./step-reports.js";

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

/** Attempts are posted behind others for about so long: more would not hide the way there and back any better. */
const mostPostedMs = 8;
/** One that takes up to so long may be posted behind one other. */
const mostNextMs = 20;
/** How often a thread that works is asked what it has begun: ends of attempts wait in it while the next one holds it up. */
const lookMs = 25;
/** Behind one that takes longer than was expected nothing more is posted. */
const lateMs = 60;

type Job = {
  readonly number: number;
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly stop: StopSign;
  readonly postedMs: number;
  readonly expectedMs: number;
  hasBegun: boolean;
  /** Emits that are not acknowledged. */
  held: number;
  /** Made with the first line that did not come through the program. */
  print: AttemptSink["log"] | undefined;
  /** The end of hearing the stop sign. */
  deaf(): void;
  readonly settle: Settle;
};

/** Called once. Undefined: the attempt did not begin, and may run elsewhere. */
export type Settle = (outcome: AttemptOutcome | undefined) => void;

/**
 * One thread or process that runs one attempt after the other. I1. A settled attempt reaches neither sink nor blobs. I2. After an
 * abort, a death or leftovers its carrier is ended and the lane is of no more use (`isUsable`). I3. It keeps this process
 * alive only while it has attempts. I4. What ends it is one attempt's: those posted behind that one run elsewhere.
 */
export class Lane {
  readonly memoryBytes: number | undefined;
  readonly #carrier: Carrier;
  readonly #options: LaneOptions;
  readonly #outbox: LaneOutbox;
  /** In the order in which they run. */
  readonly #jobs = new Map<number, Job>();
  #first: Job | undefined;
  #numbers = 0;
  /** Of all that are here. */
  #expectedMs = 0;
  #held = 0;
  #takingBack = false;
  #release: (() => void) | undefined;
  #looking: NodeJS.Timeout | undefined;
  #usable = true;
  /** The attempt that ended the lane. */
  #last: number | undefined;
  #grace: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.memoryBytes = options.memoryBytes;
    this.#carrier = options.open(options.memoryBytes, {
      received: (message) => this.#receive(message),
      printed: (level, line) => this.#printed(level, line),
      died: (cause) => this.#died(cause),
    });
    this.#outbox = new LaneOutbox(this.#carrier, (jobs, error) => {
      for (const job of jobs) this.#settle(job, (own) => failed(own, classify(error)));
    });
  }

  get isUsable(): boolean {
    return this.#usable;
  }

  get isIdle(): boolean {
    return this.#jobs.size === 0;
  }

  /** Its attempt waits until what it emitted is acknowledged, which may take as long as a queue is full. */
  get isHeld(): boolean {
    return this.#held > 0;
  }

  /** Whether an attempt that will take about so long may be posted behind what runs: it can be taken back, and is short. */
  hasRoomFor(expectedMs: number): boolean {
    if (this.#carrier.claims === undefined || !this.#usable || this.isHeld || this.#takingBack) return false;
    const first = this.#first;
    if (first === undefined) return false;
    if (this.#numbers + 1 - first.number >= maxPosted || performance.now() - first.postedMs > lateMs) return false;
    if (this.#jobs.size === 1 && expectedMs <= mostNextMs) return true;
    return this.#expectedMs + expectedMs <= mostPostedMs;
  }

  /** Takes back half of the attempts, the last ones, of those that have not begun. */
  giveBack(): void {
    const jobs = [...this.#jobs.values()];
    this.#takingBack = true;
    for (const job of jobs.slice(Math.ceil(jobs.length / 2)).reverse()) this.#withdraw(job);
    this.#takingBack = false;
  }

  get posted(): number {
    return this.#jobs.size;
  }

  /** Runs one attempt, behind those that are here. Settles when nothing of it runs any more, or it cannot be stopped. */
  run(request: AttemptRequest, sink: AttemptSink, stop: StopSign, expectedMs: number, settle: Settle): void {
    this.#numbers += 1;
    const number = this.#numbers;
    const deaf = stop.whenUp(() => this.#abort(number));
    const postedMs = performance.now();
    const shared = { hasBegun: false, held: 0, print: undefined };
    const job: Job = { number, request, sink, stop, postedMs, expectedMs, ...shared, deaf, settle };
    this.#jobs.set(number, job);
    this.#first ??= job;
    this.#expectedMs += expectedMs;
    if (this.#release === undefined) this.#occupy();
    if (this.#first === job) this.#begins(job);
    this.#carrier.claims?.offer(number);
    this.#outbox.add(number, request, this.#jobs.size === 1);
    if (stop.isUp) this.#abort(number);
  }

  /** Ends the thread or process, whatever it does. */
  end(): Promise<void> {
    this.#usable = false;
    this.#ending ??= this.#carrier.end();
    return this.#ending;
  }

  #spend(job: number): void {
    this.#usable = false;
    this.#last ??= job;
  }

  #settle(number: number, outcome: (job: Job) => AttemptOutcome | undefined): void {
    const job = this.#jobs.get(number);
    if (job !== undefined) this.#leave(job, outcome(job));
  }

  #leave(job: Job, outcome: AttemptOutcome | undefined): void {
    this.#jobs.delete(job.number);
    if (this.#first === job) this.#first = this.#jobs.values().next().value;
    this.#expectedMs = this.#jobs.size === 0 ? 0 : this.#expectedMs - job.expectedMs;
    this.#held -= job.held;
    job.held = 0;
    job.deaf();
    if (this.#last === job.number) void this.#clear(job).then(() => job.settle(outcome));
    else {
      this.#vacate();
      job.settle(outcome);
    }
  }

  /** After the attempt that ended the lane. */
  async #clear({ request }: Job): Promise<void> {
    clearTimeout(this.#grace);
    await this.end();
    await removeScratch(attemptScratch(request));
    this.#vacate();
  }

  #occupy(): void {
    this.#release = this.#carrier.occupy();
    if (this.#carrier.claims !== undefined) this.#looking = setInterval(() => this.#look(), lookMs).unref();
  }

  /** All that have begun but the last have ended. */
  #look(): void {
    let last: Job | undefined;
    for (const job of this.#jobs.values()) {
      if (this.#carrier.claims?.hasBegun(job.number) !== true) break;
      last?.sink.hasEnded?.();
      last = job;
      this.#begins(job);
    }
  }

  #begins(job: Job | undefined): void {
    if (job === undefined || job.hasBegun) return;
    job.hasBegun = true;
    job.sink.begins?.();
  }

  #vacate(): void {
    // As far as is known here, what was before it has ended.
    if (this.#jobs.size > 0) return this.#begins(this.#first);
    clearInterval(this.#looking);
    this.#release?.();
    this.#release = undefined;
  }

  #printed(level: "info" | "warn", line: string): void {
    const job = this.#first;
    if (job === undefined) return;
    job.print ??= attemptLog(job.sink, secretMask(job.request.secrets));
    job.print(level, line);
  }

  /** True: it had not begun, and runs elsewhere. */
  #withdraw(job: Job): boolean {
    if (this.#carrier.claims?.withdraw(job.number) !== true) return false;
    this.#leave(job, undefined);
    return true;
  }

  /** True: all that were posted behind it were taken back, so it is the last that has begun. */
  #withdrawAfter(number: number): boolean {
    const behind = [...this.#jobs.values()].filter((job) => job.number > number);
    this.#takingBack = true;
    const taken = behind.map((job) => this.#withdraw(job));
    this.#takingBack = false;
    return taken.every(Boolean);
  }

  #receive(message: FromLane): void {
    if (message.type === "done") {
      for (const end of message.ends) this.#ended(end);
      return;
    }
    const job = this.#jobs.get(message.job);
    if (job === undefined) return;
    if (message.type === "log") job.sink.log(message.level, message.text);
    else if (message.type === "warn") warnBy(job.sink, message.text);
    else if (message.type === "progress") job.sink.progress(message.fraction, message.note);
    else void this.#answer(job, message);
  }

  /** A lane that something was left running on begins nothing more, so what is behind can be taken back. */
  #ended(end: LaneEnd): void {
    const [number, leftovers] = end;
    const job = this.#jobs.get(number);
    if (job === undefined) return;
    if (leftovers.length > 0) {
      this.#spend(number);
      job.sink.log("debug", `The step left running: ${leftovers.join(", ")}. Its thread or process is ended.`);
      this.#withdrawAfter(number);
    }
    const outcome = outcomeOf(end);
    this.#leave(job, job.stop.isUp ? aborted(job, outcome) : outcome);
  }

  async #answer(job: Job, { call, method, args }: LaneCall): Promise<void> {
    try {
      if (job.stop.isUp) throw job.stop.reason;
      const asking = asked(method, args, job.sink, this.#options.blobs);
      const value = await (method === "emit" || method === "callWorkflow" ? this.#holding(job, asking) : asking);
      if (this.#jobs.has(job.number)) this.#carrier.post({ type: "answer", call, value });
    } catch (error) {
      if (this.#jobs.has(job.number)) this.#carrier.post({ type: "answer", call, failure: classify(error) });
    }
  }

  /** Others may need its place meanwhile: what makes room in a queue, or the steps of a workflow that it called. */
  async #holding(job: Job, emitting: Promise<unknown>): Promise<unknown> {
    this.#hold(job, 1);
    this.#withdrawAfter(job.number);
    this.#options.heldChanged();
    try {
      return await emitting;
    } finally {
      this.#hold(job, -1);
    }
  }

  /** One that has ended holds nothing. */
  #hold(job: Job, change: 1 | -1): void {
    if (!this.#jobs.has(job.number)) return;
    job.held += change;
    this.#held += change;
  }

  /** The attempt may end by itself within the grace; then its carrier is ended. */
  #abort(number: number): void {
    const job = this.#jobs.get(number);
    if (job === undefined) return;
    const reason = abortFailure(job.stop.reason);
    if (this.#carrier.claims?.withdraw(number) === true) {
      this.#leave(job, failed(job, reason));
      return;
    }
    // Another has begun: this one has ended, and its end is under way.
    if (!this.#withdrawAfter(number)) return;
    this.#spend(number);
    this.#outbox.flush();
    this.#carrier.post({ type: "abort", job: number, reason });
    this.#grace = setTimeout(() => {
      if (this.#jobs.has(number)) void this.end().then(() => this.#settle(number, () => failed(job, reason)));
    }, this.#options.graceMs);
  }

  /** The attempt that began last is to blame; the ends of those before it were under way, and are lost. */
  #died(cause: Failure): void {
    this.#usable = false;
    const begun = [...this.#jobs.values()].filter((job) => !this.#withdraw(job));
    const last = begun.pop();
    for (const job of begun) this.#leave(job, undefined);
    if (last === undefined) return;
    this.#spend(last.number);
    const own = maskedFailure(cause, secretMask(last.request.secrets));
    this.#settle(last.number, (job) => failed(job, job.stop.isUp ? abortFailure(job.stop.reason) : own));
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
      return sink.effect(subject, args[1] as Json, args[2] as CallNote | undefined);
    case "reserve":
      return sink.reserve?.(subject, args[1] as CallWish | null) ?? {};
    case "emit":
      return sink.emit(subject, args[1] as number, args[2] as Json);
    case "callWorkflow":
      return sink.callWorkflow?.(args[0] as WorkflowCall);
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
function aborted({ stop }: Job, { usage }: AttemptOutcome): AttemptOutcome {
  return { status: "failed", failure: abortFailure(stop.reason), usage };
}

/** For an attempt that could not measure itself. */
function failed({ request, postedMs }: Job, failure: Failure): AttemptOutcome {
  const inputBytes = Buffer.byteLength(JSON.stringify(request.inputs));
  const durationMs = performance.now() - postedMs;
  return {
    status: "failed",
    failure,
    usage: { durationMs, cpuMs: null, peakMemoryBytes: null, inputBytes, outputBytes: 0 },
  };
}
