import type { RunRecord } from "../../contracts/store.js";
import { classify } from "../../errors/classify.js";
import type { Steered } from "../runtime.js";
import { steerDriven } from "./steer-driven.js";
import type { Steering, SteeringParts, Wish } from "./steering.js";

/** Steers runs that are driven here at once; what it takes for others is loaded when it is needed, as most runs end without. */
export class LazySteering {
  readonly #it: SteeringParts;
  #loaded: Promise<Steering> | undefined;
  #stop: (() => void) | undefined;
  #open = true;

  constructor(it: SteeringParts) {
    this.#it = it;
  }

  #steering(): Promise<Steering> {
    this.#loaded ??= import("./steering.js").then(({ Steering }) => new Steering(this.#it));
    return this.#loaded;
  }

  async steer(record: RunRecord, wish: Wish): Promise<Steered> {
    const { parts, drivers, settle } = this.#it;
    await settle(record.id);
    const driver = drivers.get(record.id);
    if (driver !== undefined && !driver.isBroken) return { ...(await steerDriven(parts, driver, wish)), driven: true };
    const steered = await (await this.#steering()).steer(record, wish);
    // Who drives a run cancels what it called; here nobody does, or it was begun and not finished.
    return wish.action.type === "cancel" && !steered.driven ? this.#cancelCalled(record, wish.by, steered) : steered;
  }

  async #cancelCalled(record: RunRecord, by: string, steered: Steered): Promise<Steered> {
    const { openCalledRuns } = await import("../calls/called-runs.js");
    const told: string[] = [];
    for (const run of await openCalledRuns(this.#it.parts.store, record)) {
      const action = { type: "cancel", reason: `its caller ${record.name} was cancelled` } as const;
      await this.steer(run, { action, by }).then(
        () => told.push(`${run.name}, which it called, is cancelled too`),
        (error: unknown) => told.push(`${run.name}, which it called, goes on: ${classify(error).message}`),
      );
    }
    return told.length === 0 ? steered : { ...steered, status: "done", text: [steered.text, ...told].join("; ") };
  }

  /** Before a run is taken over: what was asked of it meanwhile is journaled first. */
  async settleOpen(record: RunRecord): Promise<void> {
    if ((await this.#it.parts.store.requests.list(record.id)).length > 0)
      await (await this.#steering()).settleOpen(record);
  }

  /** From now on this process hears what others ask of its runs; what they asked before is seen at once. */
  hear(): void {
    if (this.#stop !== undefined) return;
    const { requests } = this.#it.parts.store;
    const stop = requests.watch(() => {
      stop();
      void this.#answer();
    });
    this.#stop = stop;
    void requests.list().then(
      (open) => {
        if (open.length === 0) return;
        stop();
        void this.#answer();
      },
      () => undefined,
    );
  }

  async #answer(): Promise<void> {
    const steering = await this.#steering();
    if (this.#open) steering.open();
  }

  async close(): Promise<void> {
    this.#open = false;
    this.#stop?.();
    await (await this.#loaded)?.close();
  }
}
