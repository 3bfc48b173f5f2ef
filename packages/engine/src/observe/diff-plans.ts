import type { Plan, PlanNode, WorkflowPlan } from "../plan/plan.js";

export type PlanDiff = {
  readonly same: boolean;
  /** Paths of steps that only the second, or only the first plan has. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Steps of both that are not the same, with what differs: `class`, `version`, `config.limit`, `inputs.query`, ... */
  readonly changed: readonly { readonly step: string; readonly what: readonly string[] }[];
};

/** How two plans differ: by the names of their steps, so that what only moved is the same. */
export function diffPlans(first: Plan, second: Plan): PlanDiff {
  const one = describe(first, first.workflows[0], "");
  const two = describe(second, second.workflows[0], "");
  const changed = [...two].flatMap(([step, now]) => {
    const what = differing(one.get(step) ?? now, now);
    return what.length === 0 ? [] : [{ step, what }];
  });
  return {
    same: first.hash === second.hash,
    added: [...two.keys()].filter((step) => !one.has(step)),
    removed: [...one.keys()].filter((step) => !two.has(step)),
    changed,
  };
}

type Facts = { readonly [what: string]: string };

function describe(plan: Plan, workflow: WorkflowPlan | undefined, prefix: string): Map<string, Facts> {
  const found = new Map<string, Facts>();
  for (const node of workflow?.nodes ?? []) {
    if (workflow === undefined || node.step === undefined) continue;
    found.set(prefix + node.name, factsOf(workflow, node));
    const nested = plan.workflows[node.step.workflow ?? -1];
    for (const [step, facts] of describe(plan, nested, `${prefix}${node.name}/`)) found.set(step, facts);
  }
  return found;
}

function factsOf(workflow: WorkflowPlan, node: PlanNode): Facts {
  const { component, forEach, repeat, recovery, timeoutMs, whenAbsent, fallback, executor, cache } = node.step ?? {};
  const facts: { [what: string]: string } = {
    class: text(component?.class),
    version: text(component?.version),
    module: text(component?.module),
    for_each: text(forEach === undefined ? undefined : { ...forEach, over: node.ports[forEach.over]?.name }),
    repeat: text(repeat),
    error_handling: text(recovery),
    timeout: text(timeoutMs),
    when_absent: text(whenAbsent),
    fallback: text(fallback),
    executor: text(executor),
    cache: text(cache),
    depends_on: text(node.dependsOn.map((other) => workflow.nodes[other]?.name)),
  };
  for (const [key, value] of Object.entries(component?.config ?? {})) facts[`config.${key}`] = text(value);
  for (const port of node.ports) {
    const links = port.links.map((number) => {
      const link = workflow.links[number];
      const from = `${workflow.nodes[link?.from.node ?? -1]?.name}.${link?.from.port}`;
      return [from, link?.kind, link?.condition, link?.transform];
    });
    facts[`inputs.${port.name}`] = text([links, port.default, port.merge]);
  }
  return facts;
}

function differing(first: Facts, second: Facts): string[] {
  return [...new Set([...Object.keys(first), ...Object.keys(second)])].filter((what) => first[what] !== second[what]);
}

function text(value: unknown): string {
  return JSON.stringify(value ?? null);
}
