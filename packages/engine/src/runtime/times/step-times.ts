import { join } from "node:path";
import type { Driver } from "../../host/driver.js";
import { type Beginning, beginRun } from "../../host/open-run.js";
import type { HostParts } from "../../host/parts.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import { isContended, type PoolSizes } from "./contention.js";
import type { KnownTimes } from "./known-times.js";
import type { Urgency } from "./urgency.js";

/**
 * What this store's runs have shown of how long steps take, so that those with the longest way ahead go first. It is read when a run
 * begins, and what follows from it stands in the run's journal: whatever is learnt later changes nothing of it.
 */
export class StepTimes {
  readonly #file: string | null;
  readonly #parts: HostParts;
  readonly #contended = new WeakMap<Plan, boolean>();
  #known: KnownTimes = new Map();

  /** `folder`: the store's; null: what is learnt ends with this process. */
  constructor(folder: string | null, parts: HostParts) {
    this.#file = folder === null ? null : join(folder, "times.json");
    this.#parts = parts;
  }

  /** Begins a run; its first event says what goes first, unless nothing is known or it does not matter. */
  async begin(settings: RunSettings, plan: Plan, beginning: Beginning): Promise<Driver> {
    const urgency = this.isContended(plan) ? await this.#urgencyOf(plan) : undefined;
    const created = urgency === undefined ? beginning.created : { ...beginning.created, urgency };
    return beginRun(this.#parts, settings, plan, { ...beginning, created });
  }

  async #urgencyOf(plan: Plan): Promise<Urgency | undefined> {
    const { urgencyOf } = await import("./urgency.js");
    const { readTimes } = await import("./known-times.js");
    if (this.#file !== null) this.#known = readTimes(this.#file);
    return urgencyOf(plan, this.#known, this.#sizes());
  }

  /** Learns of a run that is driven here, when it completes. */
  async follow(driver: Driver): Promise<void> {
    const { tree } = driver;
    if (!this.isContended(tree.plan)) return;
    const { ObservedTimes } = await import("./observed-times.js");
    const { mergedTimes, readTimes, writeTimes } = await import("./known-times.js");
    const observed = new ObservedTimes(tree);
    const stop = driver.listen((event) => {
      observed.see(event);
      if (event.type !== "run.completed" || event.run !== 0) return;
      stop();
      const times = observed.times();
      // Every result came from the cache.
      if (times.size === 0) return;
      this.#known = mergedTimes(this.#file === null ? this.#known : readTimes(this.#file), times);
      if (this.#file !== null) writeTimes(this.#file, this.#known);
    });
  }

  /** It matters which of its steps goes first. */
  isContended(plan: Plan): boolean {
    const known = this.#contended.get(plan);
    if (known !== undefined) return known;
    const contended = isContended(plan, this.#sizes());
    this.#contended.set(plan, contended);
    return contended;
  }

  #sizes(): PoolSizes {
    return new Map(this.#parts.admission.state().map(({ pool, size }) => [pool, size]));
  }
}
