import type { PlanNode, PlanStep, WorkflowPlan } from "../plan.js";

/** By node, the names of the triggers that fire it. */
export function firedBy(workflow: WorkflowPlan): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  if (workflow.strategy !== "event_driven") return found;
  for (const trigger of workflow.triggers) {
    for (const { node } of trigger.targets) found.set(node, [...(found.get(node) ?? []), trigger.name]);
  }
  return found;
}

/** How a step runs other than once, with its settings: for lines of text. */
export function longMarks(node: PlanNode, fired: readonly string[]): readonly string[] {
  const { repeat, waits } = node.step ?? {};
  const until = repeat?.until === undefined ? "" : ` until ${repeat.until}`;
  return [
    ...(fired.length === 0 ? [] : [`fired by ${fired.join(", ")}`]),
    ...(repeat === undefined ? [] : [`repeats${until}, ${repeat.max} rounds at most`]),
    ...(waits === undefined ? [] : [waitWords[waits]]),
    ...(node.knot < 0 ? [] : ["in a cycle"]),
  ];
}

const waitWords: { readonly [waits in NonNullable<PlanStep["waits"]>]: string } = {
  time: "waits",
  person: "waits for a person",
};

/** The same in a word each: for boxes. */
export function shortMarks({ step }: PlanNode): readonly string[] {
  return [
    ...(step?.forEach === undefined ? [] : ["each"]),
    ...(step?.repeat === undefined ? [] : ["repeats"]),
    ...(step?.waits === undefined ? [] : [step.waits === "time" ? "waits" : "asks"]),
  ];
}
