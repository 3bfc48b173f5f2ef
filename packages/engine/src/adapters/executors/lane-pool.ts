import type { Blobs } from "../../contracts/blobs.js";
import type {
  AttemptOutcome,
  AttemptRequest,
  AttemptSink,
  ComponentCall,
  Executor,
  NearExecutor,
} from "../../contracts/executor.js";
import { type StopSign, signOf } from "../../contracts/stop-sign.js";
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
  /** Its lanes can take back what they were posted. */
  readonly postsAhead?: boolean;
  /** How long code may take to end after its signal has aborted; default 200. */
  readonly graceMs?: number;
  /** Memory of attempts that declare none; undefined: no limit of ours. */
  readonly memoryBytes?: number | undefined;
  readonly inMemory?: InMemory | undefined;
};

/** An executor whose attempts run on lanes, one at a time on each. */
export function laneExecutor(name: string, options: LanePoolOptions): NearExecutor {
  const pool = new LanePool(options);
  const { inMemory } = options;
  const perform: NearExecutor["perform"] = (request, sink, stop) => {
    if (inMemory?.owns(request.component) !== true) return pool.perform(request, sink, stop);
    const { executor } = inMemory;
    const why = `${request.component.class} is registered in memory, which other threads and processes do not see`;
    sink.log("debug", `Runs on ${executor.name}: ${why}`);
    return executor.execute(request, sink, stop.signal);
  };
  return {
    name,
    lanes: options.lanes,
    postsAhead: options.postsAhead === true,
    perform,
    async execute(request, sink, signal) {
      const { stop, unfollow } = signOf(signal);
      const outcome = await perform(request, sink, stop);
      unfollow();
      return outcome;
    },
    close: () => pool.close(),
  };
}

type Waiting = {
  readonly request: AttemptRequest;
  readonly sink: AttemptSink;
  readonly stop: StopSign;
  readonly resolve: (outcome: AttemptOutcome) => void;
  /** Where it waits, and the end of hearing the stop sign there. */
  line: Set<Waiting> | undefined;
  deaf: (() => void) | undefined;
};

/** How much the latest attempt counts in what is expected of the next of its component. */
const latestWeight = 0.2;

/**
 * Lanes and the attempts that wait for one, first come, first served. An attempt that is held, because a queue behind what it
 * emitted is full, may be so for hours: its lane does not count meanwhile, so that those which empty the queue can run. Attempts known to be
 * short are posted behind others, so that a thread goes from one to the next without waiting for this one.
 */
class LanePool {
  readonly #options: LanePoolOptions;
  readonly #lanes = new Set<Lane>();
  readonly #waiting = new Set<Waiting>();
  /** Those that were posted and taken back: they go first. */
  readonly #returned = new Set<Waiting>();
  readonly #expectedMs = new WeakMap<ComponentCall, number>();
  readonly #ending = new Set<Promise<void>>();
  readonly #running = new Set<StopSign>();
  readonly #closed = nanobrainError("E_CANCELLED", { reason: "the executor was closed" });
  #open = true;
  #offering = false;
  #emptied = (): void => undefined;

  constructor(options: LanePoolOptions) {
    this.#options = options;
  }

  perform(request: AttemptRequest, sink: AttemptSink, stop: StopSign): Promise<AttemptOutcome> {
    if (!this.#open) stop.raise(this.#closed);
    if (stop.isUp) return Promise.resolve(neverStarted(stop));
    return new Promise((resolve) => {
      this.#running.add(stop);
      const waiting: Waiting = { request, sink, stop, resolve, line: undefined, deaf: undefined };
      if (this.#returned.size + this.#waiting.size > 0 || !this.#place(waiting)) this.#wait(waiting, this.#waiting);
    });
  }

  async close(): Promise<void> {
    this.#open = false;
    for (const stop of this.#running) stop.raise(this.#closed);
    if (this.#running.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    await Promise.all([...this.#lanes].map((lane) => lane.end()));
    await Promise.all(this.#ending);
    this.#lanes.clear();
  }

  #end({ stop, resolve }: Waiting, outcome: AttemptOutcome): void {
    this.#running.delete(stop);
    resolve(outcome);
    if (this.#running.size === 0) this.#emptied();
  }

  #wait(waiting: Waiting, line: Set<Waiting>): void {
    if (waiting.stop.isUp) return this.#end(waiting, neverStarted(waiting.stop));
    line.add(waiting);
    waiting.line = line;
    waiting.deaf = waiting.stop.whenUp(() => {
      this.#leaveLine(waiting);
      this.#end(waiting, neverStarted(waiting.stop));
    });
  }

  #leaveLine(waiting: Waiting): void {
    waiting.line?.delete(waiting);
    waiting.deaf?.();
    waiting.line = waiting.deaf = undefined;
  }

  /** True: a lane has it. */
  #place(waiting: Waiting): boolean {
    const { component, memoryBytes = this.#options.memoryBytes } = waiting.request;
    const expectedMs = this.#expectedMs.get(component);
    const lane = this.#idleLane(memoryBytes) ?? this.#roomyLane(memoryBytes, expectedMs);
    if (lane === undefined) return false;
    this.#leaveLine(waiting);
    lane.run(waiting.request, waiting.sink, waiting.stop, expectedMs ?? 0, (outcome) => {
      if (outcome === undefined) this.#wait(waiting, this.#returned);
      else {
        this.#learn(component, outcome.usage.durationMs);
        this.#end(waiting, outcome);
      }
      this.#offer();
      this.#endSurplus();
    });
    return true;
  }

  #learn(component: ComponentCall, durationMs: number): void {
    const before = this.#expectedMs.get(component) ?? durationMs;
    this.#expectedMs.set(component, before + latestWeight * (durationMs - before));
  }

  #offer(): void {
    if (this.#offering) return;
    this.#offering = true;
    for (const line of [this.#returned, this.#waiting]) for (const waiting of line) if (!this.#place(waiting)) break;
    this.#offering = false;
    this.#share();
  }

  /** A lane that works, behind whose attempt another short one may be posted: the one with the fewest. */
  #roomyLane(memoryBytes: number | undefined, expectedMs: number | undefined): Lane | undefined {
    if (expectedMs === undefined) return undefined;
    let found: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.memoryBytes !== memoryBytes || !lane.hasRoomFor(expectedMs)) continue;
      if (found === undefined || lane.posted < found.posted) found = lane;
    }
    return found;
  }

  /** A lane with nothing to do takes over what waits behind another's attempt. */
  #share(): void {
    if (this.#waiting.size + this.#returned.size > 0) return;
    let idle: Lane | undefined;
    let fullest: Lane | undefined;
    for (const lane of this.#lanes) {
      if (lane.isIdle && lane.isUsable) idle = lane;
      if (lane.posted > 1 && (fullest === undefined || lane.posted > fullest.posted)) fullest = lane;
    }
    if (idle !== undefined && fullest !== undefined && fullest.memoryBytes === idle.memoryBytes) fullest.giveBack();
  }

  /** A lane with that memory: one that waits, or a new one, if need be in place of one with another limit. */
  #idleLane(memoryBytes: number | undefined): Lane | undefined {
    let other: Lane | undefined;
    for (const lane of this.#lanes) {
      if (!lane.isIdle) continue;
      if (!lane.isUsable) this.#drop(lane);
      else if (lane.memoryBytes === memoryBytes) return lane;
      else other = lane;
    }
    if (this.#counted() >= this.#options.lanes) {
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

function neverStarted(stop: StopSign): AttemptOutcome {
  const usage = { durationMs: 0, cpuMs: null, peakMemoryBytes: null, inputBytes: 0, outputBytes: 0 };
  return { status: "failed", failure: abortFailure(stop.reason), usage };
}
