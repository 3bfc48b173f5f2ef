import type { JournalHead } from "./express-journal.js";
import type { ExpressPlan } from "./express-plan.js";
import { ExpressRun } from "./express-run.js";
import type { ExpressOutside } from "./outside.js";

const noPlan = { nodes: [], need: new Int32Array(0), workflow: { steps: [] }, idle: [] };

const kept = new Set<ExpressRun>();

/**
 * Machine code goes with the last object of the sort that it was made for, and for a while a process may have no run: one of nothing,
 * which is never begun, stays.
 */
export function keepSort(): void {
  if (kept.size > 0) return;
  const head = { created: { id: "" } } as JournalHead;
  kept.add(new ExpressRun(noPlan as unknown as ExpressPlan, head, {}, { folders: {} } as ExpressOutside));
}
