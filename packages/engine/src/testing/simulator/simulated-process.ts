import { openMemoryBlobs } from "../../adapters/blobs/memory-blobs.js";
import { cronSchedule } from "../../adapters/schedule/cron-schedule.js";
import type { Admission } from "../../admit/admission.js";
import type { Clock } from "../../contracts/clock.js";
import type { AttemptRequest } from "../../contracts/executor.js";
import type { Store } from "../../contracts/store.js";
import type { Watcher } from "../../contracts/watcher.js";
import { Commits } from "../../host/commits.js";
import type { Driver } from "../../host/driver.js";
import type { HostParts } from "../../host/parts.js";
import type { RunEvent, Unstamped } from "../../kernel/event.js";
import { hearRun } from "../../react/hear-run.js";
import { Reactions } from "../../react/reactions.js";
import { Values } from "../../values/values.js";
import { FakeExecutor, type Script } from "../fake-executor.js";
import type { SimulatedFolder } from "./simulated-folder.js";

export type ProcessParts = {
  readonly store: Store;
  readonly clock: Clock;
  readonly lanes: { readonly local: number; readonly thread: number };
  readonly admission: Admission;
  script(request: AttemptRequest): Script;
};

/** One process of the engine: the real host over simulated parts. It ends by being forgotten. */
export class SimulatedProcess {
  readonly drivers = new Map<string, Driver>();
  readonly executors: readonly FakeExecutor[];
  readonly parts: HostParts;
  readonly #clock: Clock;

  constructor({ store, clock, lanes, admission, script }: ProcessParts) {
    this.#clock = clock;
    const executor = (name: "local" | "thread") => new FakeExecutor({ name, lanes: lanes[name], clock, script });
    const local = executor("local");
    const thread = executor("thread");
    this.executors = [local, thread];
    const blobs = openMemoryBlobs();
    this.parts = {
      store,
      blobs,
      clock,
      executors: { local, thread },
      admission,
      secrets: () => ({ read: () => Promise.resolve(undefined) }),
      values: new Values(blobs),
      commits: new Commits({
        store,
        clock,
        defer: (callback) => clock.wake(clock.now(), callback),
        complain: () => undefined,
      }),
      fingerprint: () => Promise.resolve({}),
      offer: (runId) => this.drivers.get(runId)?.stir(),
    };
  }

  /** Lets the triggers of a run see timers, conditions and a folder. */
  async react(
    driver: Driver,
    past: () => Promise<readonly RunEvent[]>,
    folder: SimulatedFolder,
    planted: (watcher: Watcher) => Watcher = (watcher) => watcher,
  ): Promise<void> {
    const parts = {
      values: this.parts.values,
      clock: this.#clock,
      schedule: cronSchedule,
      watcher: planted(folder.watcherFor(this.#clock)),
    };
    const tell = (input: Unstamped): void => void driver.receive(input).catch(() => undefined);
    await hearRun(new Reactions(parts, driver.tree, tell), driver, past);
  }
}

export const simulatedSettings = {
  folders: { project: "/project", roots: [], blobs: null, scratch: "/scratch" },
  cache: true,
} as const;

export function laneSizes(lanes: ProcessParts["lanes"]): { readonly [pool: string]: number } {
  return { "lanes:local": lanes.local, "lanes:thread": lanes.thread };
}
