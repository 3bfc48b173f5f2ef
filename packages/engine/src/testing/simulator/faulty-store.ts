import type { Clock } from "../../contracts/clock.js";
import type { RunRecord, Store, StoreBatch } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Plan } from "../../plan/plan.js";
import type { SeededRandom } from "../seeded-random.js";

/** What the disk does to a commit: `full` refuses it, `error` reports a failure whether or not it was written. */
export type CommitFault = "none" | "full" | "error";

export type FaultyStoreOptions = {
  /** What survives. */
  readonly disk: Store;
  readonly clock: Clock;
  readonly random: SeededRandom;
  /** The longest that a commit takes to be written, and to be reported. */
  readonly latencyMs: number;
  fault(): CommitFault;
};

/**
 * One process's way to a disk that others see too. Writing takes simulated time: first the batch is on disk, later the writer hears of
 * it. A process that is dropped in between never hears; its batch is there or not.
 */
export function faultyStore(options: FaultyStoreOptions): Store {
  const { disk, clock, random, latencyMs } = options;
  const later = (): Promise<void> =>
    new Promise((resolve) => clock.wake(clock.now() + random.int(latencyMs + 1), resolve));
  return {
    place: disk.place,
    requests: disk.requests,
    create: async (batch: StoreBatch & { readonly record: RunRecord; readonly plan: Plan }) => {
      await later();
      await disk.create(batch);
      await later();
    },
    commit: async (batches) => {
      await later();
      const fault = options.fault();
      if (fault === "full") throw nanobrainError("E_STORE_FULL", { file: "simulated", what: "no space left" });
      if (fault === "none" || random.chance(0.5)) await disk.commit(batches);
      await later();
      if (fault === "error") throw nanobrainError("E_STORE_IO", { file: "simulated", what: "input/output error" });
    },
    claim: (runId) => disk.claim(runId),
    holds: (runId) => disk.holds(runId),
    release: (runId) => disk.release(runId),
    runs: (filter) => disk.runs(filter),
    find: (idOrName) => disk.find(idOrName),
    holder: (runId) => disk.holder(runId),
    events: (runId, after, limit) => disk.events(runId, after, limit),
    plan: (hash) => disk.plan(hash),
    logs: (runId, filter) => disk.logs(runId, filter),
    cached: (key) => disk.cached(key),
    lastCached: (place) => disk.lastCached(place),
    scan: (visit) => disk.scan(visit),
    remove: (runIds, cacheKeys) => disk.remove(runIds, cacheKeys),
    close: () => Promise.resolve(),
  };
}
