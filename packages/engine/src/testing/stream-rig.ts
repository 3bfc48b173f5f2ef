import type { DirectArguments, DirectStep } from "../contracts/direct-step.js";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Unfinished } from "../express/outside.js";
import { type StreamPlan, streamPlan } from "../express/stream/stream-plan.js";
import { StreamRun } from "../express/stream/stream-run.js";
import type { RunEvent } from "../kernel/event.js";
import { sizeOf } from "../runtime/express/express-result.js";
import { LaneWorld } from "./lane-world.js";
import { type PlainStream, streamCode } from "./plain-stream.js";
import type { SeededRandom } from "./seeded-random.js";

/** Called with the step's name and its arguments before it does anything. */
export type OnCall = (step: string, given: DirectArguments) => void;

/** Called when `emit` has resolved; `sent`: how many values its step has sent. */
export type OnSent = (step: string, sent: number) => void;

/** One run of streams without a driver, whose code goes on when the test says so. */
export class StreamRig extends LaneWorld {
  readonly plan: StreamPlan;
  readonly run: StreamRun;
  readonly calls: string[] = [];
  /** Code that waits for the test. */
  readonly waiting: (() => void)[] = [];

  constructor(
    stream: PlainStream,
    places = 1024,
    onCall: OnCall = () => undefined,
    change = (plan: StreamPlan) => plan,
    onSent: OnSent = () => undefined,
  ) {
    super(places);
    const plan = streamPlan(
      stream.plan,
      ({ class: name }) => this.#direct(name.replace("built.", ""), onCall, onSent),
      () => true,
    );
    if (plan === undefined) throw nanobrainError("E_INTERNAL", { what: "the plan is not eligible" });
    this.plan = change(plan);
    this.run = new StreamRun(this.plan, this.headOf(stream.plan, stream.inputs), stream.inputs, this.outside());
  }

  #direct(name: string, onCall: OnCall, onSent: OnSent): DirectStep {
    let sent = 0;
    const pause = (): Promise<void> => new Promise((resolve) => this.waiting.push(resolve));
    return {
      inputs: undefined,
      outputs: undefined,
      text: () => "(given) => 1",
      around: () => Promise.reject(nanobrainError("E_INTERNAL", { what: "nobody goes on in a rig" })),
      code: (given) => {
        this.calls.push(name);
        onCall(name, given);
        const emit: DirectArguments["emit"] = async (port, value) => {
          const acknowledged = given.emit(port, value);
          const count = ++sent;
          await acknowledged;
          onSent(name, count);
        };
        return streamCode(name, { ...given, emit }, pause);
      },
    };
  }

  /** Lets code go on, in an order of chance, until nothing is left, it is handed over, or `until` holds. */
  async finish(random: SeededRandom, until = () => false): Promise<void> {
    for (let idle = 0; idle < 50 && !this.isCompleted && !this.isHandedOver && !until(); idle++) {
      this.nowMs += random.int(3);
      await Promise.resolve();
      const [one] = this.waiting.splice(random.int(this.waiting.length), 1);
      if (one !== undefined && random.chance(0.8)) one();
      else if (one !== undefined) this.waiting.push(one);
      const [later] = random.chance(0.5) || one === undefined ? this.deferred.splice(0, 1) : [];
      later?.();
      if (one !== undefined || later !== undefined) idle = 0;
      for (let i = 0; i < random.int(9); i++) await Promise.resolve();
    }
  }

  events(): Promise<RunEvent[]> {
    return this.run.journal.events(0, Number.POSITIVE_INFINITY, (json: Json) => ({ json }), sizeOf);
  }

  unfinished(): readonly Unfinished[] {
    return this.run.unfinished();
  }
}
