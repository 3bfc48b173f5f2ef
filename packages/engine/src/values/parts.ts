import type { Blobs } from "../contracts/blobs.js";
import type { Clock } from "../contracts/clock.js";
import type { AttemptFolders, ComponentCall, Executor } from "../contracts/executor.js";
import type { Store } from "../contracts/store.js";
import type { Values } from "./values.js";

export type KeyParts = { readonly [part: string]: string };

/** What looking at values takes. */
export type ValueParts = {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly executors: { readonly [name: string]: Executor };
  readonly values: Values;
  /** Parts of a cache key that only the machine knows: module and program hashes. At once where nothing has to be loaded. */
  fingerprint(component: ComponentCall, folders: AttemptFolders): KeyParts | Promise<KeyParts>;
};

/** What one run was started with. */
export type RunSettings = {
  readonly folders: AttemptFolders;
  readonly cache: boolean;
  /** Path of a step that takes nothing from the cache, nor does what is below it: where a rerun begins. */
  readonly fresh?: string | undefined;
};

/** Where in which run: for logs and keys. */
export type StepPlace = { readonly runId: string; readonly step: string };

/** The executor a step names; one that this host does not have is replaced by `local`. */
export function executorFor(parts: ValueParts, name: string): Executor {
  return (parts.executors[name] ?? parts.executors["local"]) as Executor;
}
