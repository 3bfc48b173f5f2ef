import type { CacheEntry } from "../contracts/store.js";
import type { Unstamped } from "../kernel/event.js";

/** An input on its way into a turn of a driver. */
export type Entry = {
  readonly input: Unstamped;
  readonly cache: CacheEntry | undefined;
  /** Who waits to hear whether it counted, if anybody does. */
  readonly asker: Asker | undefined;
  /** Key of the errand it answers. */
  readonly errand: string | undefined;
  wanted: boolean;
};

export type Asker = { readonly done: (wanted: boolean) => void; readonly fail: (error: Error) => void };
