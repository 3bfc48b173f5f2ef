import type { StepEntry } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import { nameHint } from "./hint.js";
import { ownField } from "./own-field.js";
import type { Demand, Pool } from "./plan.js";

/** Pools every machine has; their sizes are the host's unless the document says them. */
const MACHINE = ["cpu", "memory", "io", "network", "gpu"];

/** Enters the pools a document sizes. What an outer document said stays. */
export function enterPools(scope: Scope): void {
  const { pools } = scope.compilation;
  for (const [name, size] of Object.entries(scope.document.pools)) if (!pools.has(name)) pools.set(name, size);
}

/** The number of a step's demand in the plan. Asking for more than a pool holds, or of an unknown one, is a fault. */
export function enterDemand(scope: Scope, entry: StepEntry): number {
  const { pools, demands } = scope.compilation;
  const amounts = Object.entries(entry.resources).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, amount] of amounts) {
    const at = [...entry.path, "resources", name];
    const size = pools.get(name);
    if (size === undefined && !MACHINE.includes(name)) {
      const hint = nameHint(scope.compilation, name, [...new Set([...MACHINE, ...pools.keys()])]);
      const message = `There is no pool "${name}": resources of the document does not name it`;
      fault(scope, "E_REF", at, message, { ...hint, part: "key" });
    } else if (size !== undefined && size >= 0 && amount > size) {
      const message = `Step ${entry.name} asks for ${amount} of ${name}, and the pool holds ${size}: it could never start`;
      fault(scope, "E_CONFLICT", at, message);
    }
    if (size === undefined) pools.set(name, -1);
  }
  const key = JSON.stringify(amounts);
  const known = demands.get(key);
  if (known !== undefined) return known.index;
  demands.set(key, { index: demands.size, amounts: entry.resources });
  return demands.size - 1;
}

export function plannedPools(pools: ReadonlyMap<string, number>): readonly Pool[] {
  return [...pools].map(([name, size]) => ({ name, size }));
}

export function plannedDemands(
  pools: ReadonlyMap<string, number>,
  demands: ReadonlyMap<string, { readonly amounts: { readonly [pool: string]: number } }>,
): readonly Demand[] {
  const names = [...pools.keys()];
  return [...demands.values()].map(({ amounts }) => names.map((name) => ownField(amounts, name) ?? 0));
}
