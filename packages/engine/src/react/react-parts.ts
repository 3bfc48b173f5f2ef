import type { Clock } from "../contracts/clock.js";
import type { Schedule } from "../contracts/schedule.js";
import type { Watcher } from "../contracts/watcher.js";
import type { Values } from "../values/values.js";

/** What watching the outside takes. Loaded with the first run that has triggers. */
export type ReactParts = {
  readonly values: Values;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly watcher: Watcher;
};
