import type { Needs } from "../admit/admission.js";
import type { RunState } from "../kernel/state.js";
import type { Plan } from "../plan/plan.js";

const known = new WeakMap<Plan, Map<string, Needs>>();

/** What an attempt of a step takes: its declared resources, and a lane of its executor or a share of one. Same object for same needs. */
export function needsOf(plan: Plan, run: RunState, node: number, share: number): Needs {
  const step = run.workflow.nodes[node]?.step;
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
