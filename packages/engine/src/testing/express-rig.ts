import type { DirectArguments, DirectStep } from "../contracts/direct-step.js";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { type ExpressPlan, expressPlan } from "../express/express-plan.js";
import { ExpressRun } from "../express/express-run.js";
import type { ExpressDisk, Unfinished } from "../express/outside.js";
import type { RunEvent } from "../kernel/event.js";
import { sizeOf } from "../runtime/express/express-result.js";
import { LaneWorld } from "./lane-world.js";
import { dagOutputs, type PlainDag } from "./plain-dag.js";
import type { SeededRandom } from "./seeded-random.js";

type Waiting = { readonly node: string; resolve(made: unknown): void };

/** Called with the step's name and its arguments before it does anything. */
export type OnCall = (step: string, given: DirectArguments) => void;

/** One run on the express way whose steps end when the test says so. */
export class ExpressRig extends LaneWorld {
  readonly plan: ExpressPlan;
  readonly run: ExpressRun;
  readonly calls: string[] = [];
  /** Steps whose promise is open. */
  readonly waiting: Waiting[] = [];

  constructor(
    dag: PlainDag,
    places = 1024,
    onCall: OnCall = () => undefined,
    change = (plan: ExpressPlan) => plan,
    disk?: ExpressDisk,
  ) {
    super(places);
    const plan = expressPlan(
      dag.plan,
      ({ class: name }) => this.#direct(name.replace("built.", ""), onCall),
      () => true,
    );
    if (plan === undefined) throw nanobrainError("E_INTERNAL", { what: "the plan is not eligible" });
    this.plan = change(plan);
    this.run = new ExpressRun(this.plan, this.headOf(dag.plan, dag.inputs), dag.inputs, {
      ...this.outside(),
      ...(disk === undefined ? {} : { disk }),
    });
  }

  #direct(name: string, onCall: OnCall): DirectStep {
    return {
      inputs: undefined,
      outputs: undefined,
      text: () => "(given) => 1",
      around: () => Promise.reject(nanobrainError("E_INTERNAL", { what: "nobody goes on in a rig" })),
      code: (given) => {
        this.calls.push(name);
        onCall(name, given);
        const made = dagOutputs(name, given.config, given.inputs);
        if (given.config["manner"] === "at once") return made;
        if (given.config["manner"] === "promise") return Promise.resolve(made);
        return new Promise((resolve) => this.waiting.push({ node: name, resolve: () => resolve(made) }));
      },
    };
  }

  /** Lets promises end, in an order of chance, until nothing is left, it is handed over, or `until` holds. */
  async finish(random: SeededRandom, until = () => false): Promise<void> {
    while (!this.isCompleted && !this.isHandedOver && !until()) {
      this.nowMs += random.int(3);
      await Promise.resolve();
      const [one] = this.waiting.splice(random.int(this.waiting.length), 1);
      one?.resolve(undefined);
      for (let i = 0; i < 4; i++) await Promise.resolve();
    }
  }

  events(): Promise<RunEvent[]> {
    return this.run.journal.events(0, Number.POSITIVE_INFINITY, (json: Json) => ({ json }), sizeOf);
  }

  unfinished(): readonly Unfinished[] {
    return this.run.unfinished();
  }
}
