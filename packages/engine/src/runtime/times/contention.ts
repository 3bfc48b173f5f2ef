import { poolsOf } from "../../host/needs.js";
import type { Plan, PlanStep, WorkflowPlan } from "../../plan/plan.js";

/** Sizes of pools by name; one that is not there is unlimited. */
export type PoolSizes = ReadonlyMap<string, number>;

/**
 * Whether it can matter which ready step goes first: a workflow takes the longest path first, and its steps together may want more
 * of a pool than there is. Of all others nothing is learnt, so that they pay nothing for it.
 */
export function isContended(plan: Plan, sizes: PoolSizes): boolean {
  const known = knownSizes(plan, sizes);
  return plan.workflows.some((workflow) => workflow.strategy === "graph" && outgrows(plan, workflow, known));
}

/** How many steps of a workflow run at once, where each takes the same of the same pools; undefined: it is not as simple as that. */
export function lanesOf(plan: Plan, workflow: WorkflowPlan, sizes: PoolSizes): number | undefined {
  const steps = workflow.steps.flatMap((at) => workflow.nodes[at]?.step ?? []);
  const [first] = steps;
  const isAlike = ({ executor, demand, forEach, workflow: nested }: PlanStep): boolean =>
    executor === first?.executor && demand === first.demand && forEach === undefined && nested === undefined;
  if (first === undefined || !steps.every(isAlike)) return undefined;
  const known = knownSizes(plan, sizes);
  const room = wantedBy(plan, first).map(([pool, amount]) => (known.get(pool) ?? Number.POSITIVE_INFINITY) / amount);
  return Math.floor(Math.min(...room));
}

/** Documents size pools, too. */
function knownSizes(plan: Plan, sizes: PoolSizes): PoolSizes {
  const known = new Map(sizes);
  for (const { name, size } of poolsOf(plan)) if (size >= 0) known.set(name, size);
  return known;
}

function outgrows(plan: Plan, workflow: WorkflowPlan, sizes: PoolSizes): boolean {
  const steps = workflow.steps.flatMap((at) => workflow.nodes[at] ?? []);
  // Each behind the other: there is nothing to choose.
  if (new Set(steps.map((node) => node.depth)).size === steps.length) return false;
  const wanted = new Map<string, number>();
  for (const { step } of steps) {
    if (step === undefined || step.workflow !== undefined) continue;
    for (const [pool, amount] of wantedBy(plan, step)) {
      const whole = (wanted.get(pool) ?? 0) + (step.forEach === undefined ? amount : Number.POSITIVE_INFINITY);
      if (whole > (sizes.get(pool) ?? Number.POSITIVE_INFINITY)) return true;
      wanted.set(pool, whole);
    }
  }
  return false;
}

function wantedBy(plan: Plan, { executor, demand }: PlanStep): readonly (readonly [string, number])[] {
  const amounts = plan.demands[demand] ?? [];
  const pools = amounts.flatMap((amount, index) => {
    const pool = plan.pools[index]?.name;
    return pool !== undefined && amount > 0 ? [[pool, amount] as const] : [];
  });
  return [[`lanes:${executor}`, 1], ...pools];
}
