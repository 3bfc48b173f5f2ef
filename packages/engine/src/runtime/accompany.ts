import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import { followRun } from "./hooks.js";
import { reactToOutside } from "./react-to-outside.js";
import { allEvents } from "./run-handle.js";

/** What goes along with a run that is driven here: the outside its triggers watch, and what follows its end. */
export type Companions = {
  /** Resolves when the hooks under way have ended. */
  ended(): Promise<void>;
  stop(): void;
};

export async function accompany(parts: HostParts, driver: Driver): Promise<Companions> {
  const { settings, tree } = driver;
  const ended = followRun(parts, settings, driver);
  const stop = await reactToOutside(parts, settings, driver, () => allEvents(parts, tree.id));
  return { ended, stop };
}
