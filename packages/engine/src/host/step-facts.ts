import type { Plan, PlanNode } from "../plan/plan.js";

/** What every attempt of a step is told alike, found out once. */
export type StepFacts = {
  readonly inputPorts: readonly string[];
  readonly outputPorts: readonly string[];
  /** 0: it declared none. */
  readonly memoryBytes: number;
};

const known = new WeakMap<Plan, WeakMap<PlanNode, StepFacts>>();

export function stepFacts(plan: Plan, node: PlanNode): StepFacts {
  let facts = known.get(plan);
  if (facts === undefined) {
    facts = new WeakMap();
    known.set(plan, facts);
  }
  const found = facts.get(node);
  if (found !== undefined) return found;
  const made = factsOf(plan, node);
  facts.set(node, made);
  return made;
}

function factsOf(plan: Plan, { step, ports, outPorts }: PlanNode): StepFacts {
  const memory = plan.pools.findIndex((pool) => pool.name === "memory");
  const each = step?.forEach;
  return {
    // Under a map the collection's port gives way to the item's.
    inputPorts: Object.freeze(ports.map((port, index) => (index === each?.over ? each.as : port.name))),
    outputPorts: Object.freeze(outPorts.map((port) => port.name).filter((name) => name !== "error")),
    memoryBytes: plan.demands[step?.demand ?? -1]?.[memory] ?? 0,
  };
}
