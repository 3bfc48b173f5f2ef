import { type At, below } from "./at.js";
import { readSize } from "./quantities.js";
import { checkId, readNumber, wrongType } from "./values.js";

/** Amounts by pool: memory in bytes, cpu in cores, others as counted. */
export function readPools(at: At | undefined): { readonly [pool: string]: number } {
  if (at === undefined) return {};
  if (at.node.kind !== "map") {
    wrongType(at, "a map of amounts by resource, such as { cpu: 1, memory: 512MB }");
    return {};
  }
  const pools: { [pool: string]: number } = {};
  for (const [pool, { value }] of at.node.entries) {
    const entry = below(at, pool, value);
    checkId(entry, pool, "Resource", "key");
    const amount = pool === "memory" ? readSize(entry) : readNumber(entry, { least: 0, most: 1e15 });
    if (amount !== undefined) pools[pool] = amount;
  }
  return pools;
}
