import type { RunRecord } from "../../contracts/store.js";
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
    return (await this.#steering()).steer(record, wish);
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
    (await this.#loaded)?.close();
  }
}
