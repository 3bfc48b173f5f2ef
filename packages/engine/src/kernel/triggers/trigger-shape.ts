import type { PlanTrigger, WorkflowPlan } from "../../plan/plan.js";

/** What the kernel needs of a workflow's triggers, made once for each plan and shared by all its runs. */
export type TriggerShape = {
  /** Triggers that watch a port, by `node port`, with the position in their `watch`. */
  readonly watching: ReadonlyMap<string, readonly { readonly trigger: number; readonly position: number }[]>;
  /** Nodes with a port that a trigger watches. */
  readonly watched: ReadonlySet<number>;
  /** Triggers that are made of a trigger, with its position in their `members`. */
  readonly composites: readonly (readonly { readonly trigger: number; readonly position: number }[])[];
  /** Triggers with a node among their targets. */
  readonly targeting: ReadonlyMap<number, readonly number[]>;
  /** Steps that a trigger fires, itself or through others made of it. */
  readonly reach: readonly (readonly number[])[];
};

/** Only of event-driven workflows do triggers fire steps; of others, those that publish progress reports are at work in a run. */
export function isAtWork(workflow: WorkflowPlan, plan: PlanTrigger): boolean {
  return workflow.strategy === "event_driven" || plan.progress;
}

const known = new WeakMap<WorkflowPlan, TriggerShape>();

export function triggerShapeOf(workflow: WorkflowPlan): TriggerShape {
  const found = known.get(workflow);
  if (found !== undefined) return found;
  const made = makeShape(workflow.triggers);
  known.set(workflow, made);
  return made;
}

function makeShape(triggers: readonly PlanTrigger[]): TriggerShape {
  const watching = new Map<string, { trigger: number; position: number }[]>();
  const composites = triggers.map((): { trigger: number; position: number }[] => []);
  const targeting = new Map<number, number[]>();
  triggers.forEach((plan, trigger) => {
    plan.watch.forEach(({ node, port }, position) => {
      const key = `${node} ${port}`;
      watching.set(key, [...(watching.get(key) ?? []), { trigger, position }]);
    });
    plan.members.forEach((member, position) => {
      composites[member]?.push({ trigger, position });
    });
    for (const { node } of plan.targets) targeting.set(node, [...(targeting.get(node) ?? []), trigger]);
  });
  const reach = triggers.map((_, trigger) => reachOf(triggers, composites, trigger));
  const watched = new Set(triggers.flatMap(({ watch }) => watch.map(({ node }) => node)));
  return { watching, watched, composites, targeting, reach };
}

function reachOf(
  triggers: readonly PlanTrigger[],
  composites: TriggerShape["composites"],
  trigger: number,
): readonly number[] {
  const seen = new Set([trigger]);
  for (const at of seen) for (const composite of composites[at] ?? []) seen.add(composite.trigger);
  return [...new Set([...seen].flatMap((at) => triggers[at]?.targets.map(({ node }) => node) ?? []))];
}
