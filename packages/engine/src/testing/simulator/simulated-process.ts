import { openMemoryBlobs } from "../../adapters/blobs/memory-blobs.js";
import type { Admission } from "../../admit/admission.js";
import type { Clock } from "../../contracts/clock.js";
import type { AttemptRequest } from "../../contracts/executor.js";
import type { Store } from "../../contracts/store.js";
import { Commits } from "../../host/commits.js";
import type { Driver } from "../../host/driver.js";
import type { HostParts } from "../../host/parts.js";
import { Values } from "../../values/values.js";
import { FakeExecutor, type Script } from "../fake-executor.js";

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

  constructor({ store, clock, lanes, admission, script }: ProcessParts) {
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
}

export const simulatedSettings = {
  folders: { project: "/project", roots: [], blobs: null, scratch: "/scratch" },
  cache: false,
} as const;

export function laneSizes(lanes: ProcessParts["lanes"]): { readonly [pool: string]: number } {
  return { "lanes:local": lanes.local, "lanes:thread": lanes.thread };
}
