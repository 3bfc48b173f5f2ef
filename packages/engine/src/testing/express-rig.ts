import type { DirectArguments, DirectStep } from "../contracts/direct-step.js";
import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { type ExpressPlan, expressPlan } from "../express/express-plan.js";
import { ExpressRun } from "../express/express-run.js";
import type { ExpressDisk, Unfinished } from "../express/outside.js";
import { noStall } from "../express/stall.js";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import { copyOf, sizeOf } from "../runtime/express/express-result.js";
import { dagOutputs, type PlainDag } from "./plain-dag.js";
import type { SeededRandom } from "./seeded-random.js";

type Waiting = { readonly node: string; resolve(made: unknown): void };

/** Called with the step's name and its arguments before it does anything. */
export type OnCall = (step: string, given: DirectArguments) => void;

/** One run on the express way whose steps end when the test says so. */
export class ExpressRig {
  readonly plan: ExpressPlan;
  readonly run: ExpressRun;
  readonly calls: string[] = [];
  /** Steps whose promise is open. */
  readonly waiting: Waiting[] = [];
  readonly deferred: (() => void)[] = [];
  places: number;
  taken = 0;
  isHandedOver = false;
  isCompleted = false;
  nowMs = 1000;

  constructor(
    dag: PlainDag,
    places = 1024,
    onCall: OnCall = () => undefined,
    change = (plan: ExpressPlan) => plan,
    disk?: ExpressDisk,
  ) {
    this.places = places;
    const plan = expressPlan(
      dag.plan,
      ({ class: name }) => this.#direct(name.replace("built.", ""), onCall),
      () => true,
    );
    if (plan === undefined) throw nanobrainError("E_INTERNAL", { what: "the plan is not eligible" });
    this.plan = change(plan);
    const created: Extract<Unstamped, { type: "run.created" }> = {
      ...{ type: "run.created", id: "run-1", name: "rig", workflow: dag.plan.name, plan: dag.plan.hash, format: 1 },
      ...{ phases: {}, options: {} },
    };
    const inputs = Object.fromEntries(Object.entries(dag.inputs).map(([unit, json]) => [unit, { json }]));
    this.run = new ExpressRun(this.plan, { created, inputs, at: this.nowMs }, dag.inputs, {
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs, random: () => 0, wake: () => () => undefined },
      turn: { endsAtMs: Number.POSITIVE_INFINITY },
      places: {
        take: (count) => this.#take(count),
        give: (count) => {
          this.taken -= count;
        },
        isAwaited: () => false,
        isShared: () => false,
      },
      folders: { project: "/", roots: [], blobs: null, scratch: "/" },
      defer: (callback) => this.deferred.push(callback),
      copy: copyOf,
      fits: () => true,
      ...{ stall: noStall, heldUp: () => undefined },
      handOver: () => {
        this.isHandedOver = true;
      },
      completed: () => {
        this.isCompleted = true;
      },
      ...(disk === undefined ? {} : { disk }),
    });
  }

  #take(count: number): boolean {
    if (this.taken + count > this.places) return false;
    this.taken += count;
    return true;
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
