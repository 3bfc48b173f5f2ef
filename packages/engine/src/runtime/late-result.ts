import type { RunStatus } from "../contracts/store.js";
import type { RunTree } from "../kernel/state.js";
import type { RunSummary } from "../observe/summary.js";
import type { Plan } from "../plan/plan.js";
import type { RunResult } from "./runtime.js";

type Told = "steps" | "failures" | "queues" | "triggers" | "warnings" | "duration_ms";

/** How Node shows an object: as if nothing were left to be made. */
const shown = Symbol.for("nodejs.util.inspect.custom");

/** A result whose summary is made when somebody first looks at it, which many never do. It looks, copies and prints as any other. */
export function lateResult(
  plan: Plan,
  tree: RunTree,
  status: RunStatus,
  outputs: RunResult["outputs"],
  summarize: () => RunSummary,
): RunResult {
  const known = { run_id: tree.id, name: tree.name, workflow: tree.plan.name, plan_hash: tree.plan.hash, status };
  const result: object = known;
  const late = toldOf(plan);
  const make = (): Pick<RunSummary, Told> => {
    const made = summarize();
    for (const key of late) define(result, key, { value: made[key], writable: true });
    return made;
  };
  for (const key of late) define(result, key, { get: () => make()[key] });
  define(result, "outputs", { value: outputs, writable: true });
  const show = (_depth: number, options: object, inspect: (value: object, options: object) => string): string =>
    inspect({ ...result }, options);
  Object.defineProperty(result, shown, { value: show, enumerable: false });
  return result as RunResult;
}

/** In the order of a summary. */
function toldOf(plan: Plan): readonly Told[] {
  const root = plan.workflows[0];
  const reacts = root?.strategy === "event_driven" && root.triggers.length > 0;
  return [
    "steps",
    "failures",
    ...((root?.queues.length ?? 0) > 0 ? (["queues"] as const) : []),
    ...(reacts ? (["triggers"] as const) : []),
    "warnings",
    "duration_ms",
  ];
}

function define(result: object, key: string, what: PropertyDescriptor): void {
  Object.defineProperty(result, key, { enumerable: true, configurable: true, ...what });
}
