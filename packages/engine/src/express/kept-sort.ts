import type { JournalHead } from "./express-journal.js";
import type { ExpressPlan } from "./express-plan.js";
import { ExpressRun } from "./express-run.js";
import type { ExpressOutside } from "./outside.js";

const noPlan = { nodes: [], need: new Int32Array(0), workflow: { steps: [] }, idle: [] };

let kept: ExpressRun | undefined;

/**
 * Machine code goes with the last object of the sort that it was made for, and for a while a process may have no run: one of nothing,
 * which is never begun, stays. Gives that one.
 */
export function keepSort(): ExpressRun {
  if (kept !== undefined) return kept;
  const head = { created: { id: "" } } as JournalHead;
  kept = new ExpressRun(noPlan as unknown as ExpressPlan, head, {}, { folders: {} } as ExpressOutside);
  return kept;
}
