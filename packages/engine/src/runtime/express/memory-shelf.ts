import type { MemoryStore } from "../../adapters/stores/memory/memory-store.js";
import type { Shelf, ShelfPlace } from "./shelf.js";

/** Journals that end with the process: the store has them made when somebody reads them. */
export function memoryShelf(store: MemoryStore): Shelf {
  const place = (): ShelfPlace => ({
    add: (_run, kept, plan) => store.lend(kept, plan),
    settled: () => Promise.resolve(),
    handedOver: (record) => store.takeBack(record.id, record),
  });
  return {
    takesPlan: () => true,
    takesInputs: () => true,
    place,
    placeOfStream: place,
  };
}
