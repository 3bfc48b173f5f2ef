import type { Driver } from "../host/driver.js";
import type { HostParts } from "../host/parts.js";
import type { RunEvent } from "../kernel/event.js";
import { isAtWork } from "../kernel/triggers/trigger-shape.js";
import type { Plan } from "../plan/plan.js";
import type { RunSettings } from "../values/parts.js";

/**
 * Lets the triggers of a run see the outside, from its past events on. What it takes is loaded for runs that have triggers only.
 * Returns the way to stop.
 */
export async function reactToOutside(
  parts: HostParts,
  settings: RunSettings,
  driver: Driver,
  past: () => Promise<readonly RunEvent[]>,
): Promise<() => void> {
  const { tree } = driver;
  if (!reacts(tree.plan)) return () => undefined;
  const { Reactions } = await import("../react/reactions.js");
  const { hearRun } = await import("../react/hear-run.js");
  const { cronSchedule } = await import("../adapters/schedule/cron-schedule.js");
  const { folderWatcher } = await import("../adapters/folders/folder-watcher.js");
  const { values, clock } = parts;
  const reactions = new Reactions(
    {
      values,
      clock,
      schedule: cronSchedule,
      watcher: folderWatcher(settings.folders, clock),
      // Plans hold paths that are relative to the project folder.
    },
    tree,
    // What comes when the run is over or let go is told by nobody any more.
    (input) => void driver.receive(input).catch(() => undefined),
  );
  return hearRun(reactions, driver, past);
}

function reacts(plan: Plan): boolean {
  return plan.workflows.some((workflow) => workflow.triggers.some((trigger) => isAtWork(workflow, trigger)));
}
