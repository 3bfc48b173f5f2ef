import type { Needs } from "../admit/admission.js";
import type { RunState } from "../kernel/state.js";
import type { Plan, PlanNode } from "../plan/plan.js";

type Known = { readonly share: number; readonly needs: Needs };

const known = new WeakMap<Plan, Map<string, Needs>>();
/** What was found last for a step: asked for with each attempt. */
const latest = new WeakMap<Plan, WeakMap<PlanNode, Known>>();

/** What an attempt of a step takes: its declared resources, and a lane of its executor or a share of one. Same object for same needs. */
export function needsOf(plan: Plan, run: RunState, node: number, share: number): Needs {
  const planned = run.workflow.nodes[node];
  if (planned === undefined) return needsFor(plan, undefined, share);
  let found = latest.get(plan);
  if (found === undefined) {
    found = new WeakMap();
    latest.set(plan, found);
  }
  const before = found.get(planned);
  if (before !== undefined && before.share === share) return before.needs;
  const needs = needsFor(plan, planned.step, share);
  found.set(planned, { share, needs });
  return needs;
}

function needsFor(plan: Plan, step: PlanNode["step"], share: number): Needs {
  const key = `${step?.executor ?? ""} ${step?.demand ?? -1} ${share}`;
  const table = known.get(plan) ?? new Map<string, Needs>();
  known.set(plan, table);
  const found = table.get(key);
  if (found !== undefined) return found;
  const needs: { [pool: string]: number } = { [`lanes:${step?.executor ?? "local"}`]: share };
  plan.demands[step?.demand ?? -1]?.forEach((amount, index) => {
    const pool = plan.pools[index]?.name;
    if (pool !== undefined && amount > 0) needs[pool] = amount;
  });
  table.set(key, needs);
  return needs;
}

/** Pools that a document sizes: its resources, and by `max_workers` the lanes of its executors. */
export function poolsOf(plan: Plan): Plan["pools"] {
  const lanes = Object.entries(plan.executors).flatMap(([name, { max_workers: size }]) =>
    typeof size === "number" ? [{ name: `lanes:${name}`, size }] : [],
  );
  return [...plan.pools, ...lanes];
}
