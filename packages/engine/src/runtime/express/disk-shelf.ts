import type { Json } from "../../contracts/json.js";
import type { Store } from "../../contracts/store.js";
import type { ExpressRun } from "../../express/express-run.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Plan } from "../../plan/plan.js";
import { INLINE_LIMIT } from "../../values/values.js";
import type { ExpressCommits } from "./express-commits.js";
import { sizeOf } from "./express-result.js";
import { RunOnDisk } from "./run-on-disk.js";
import type { Shelf } from "./shelf.js";

export type DiskShelfParts = {
  readonly store: Store;
  readonly commits: ExpressCommits;
  /** What earlier runs have shown decides which of its steps goes first. */
  isContended(plan: Plan): boolean;
};

/** Journals in a store's files: each event is there before anything follows from it. */
export function diskShelf({ store, commits, isContended }: DiskShelfParts): Shelf {
  return {
    takesPlan: (plan) => !isContended(plan),
    takesInputs: (inputs) => Object.values(inputs).every(standsInJournal),
    place: (plan, shelved) => {
      const onDisk = new RunOnDisk(plan, { commits, ...shelved });
      return {
        disk: onDisk,
        add: (run, kept) =>
          store.create({
            runId: run.runId,
            events: firstEvents(shelved.run()),
            record: kept.record(),
            plan: plan.plan,
          }),
        settled: () => onDisk.settled(),
        // The row of the run is its driver's to change, when there is something to change.
        handedOver: () => Promise.resolve(),
      };
    },
  };
}

/** It was created, and it started. */
function firstEvents({ journal }: ExpressRun): readonly RunEvent[] {
  return [1, 2].map((seq) => journal.eventNow(seq, (json) => ({ json }), sizeOf));
}

function standsInJournal(value: Json | undefined): boolean {
  return value === undefined || JSON.stringify(value).length <= INLINE_LIMIT;
}
