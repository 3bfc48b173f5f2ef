import type { MemoryStore } from "../../adapters/stores/memory/memory-store.js";
import type { Shelf } from "./shelf.js";

/** Journals that end with the process: the store has them made when somebody reads them. */
export function memoryShelf(store: MemoryStore): Shelf {
  return {
    takesPlan: () => true,
    takesInputs: () => true,
    place: () => ({
      add: (_run, kept, plan) => store.lend(kept, plan),
      settled: () => Promise.resolve(),
      handedOver: (record) => store.takeBack(record.id, record),
    }),
  };
}
