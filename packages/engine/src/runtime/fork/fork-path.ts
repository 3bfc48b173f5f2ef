import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Plan, WorkflowPlan } from "../../plan/plan.js";

/** One part of `outer[3]/inner`; no item: all of them. */
export type PathPart = { readonly name: string; readonly item: number | undefined };

/** Reads where a fork begins. Each part must be there in the plan; items are looked at later. Fails with E_USAGE. */
export function forkPath(plan: Plan, from: string): readonly PathPart[] {
  const refuse = (problem: string) => nanobrainError("E_USAGE", { problem: `Cannot rerun from ${from}: ${problem}` });
  const parts = from.split("/").map((part): PathPart => {
    const [, name = part, item] = /^(.*?)(?:\[(\d+)\])?$/.exec(part) ?? [];
    return { name, item: item === undefined ? undefined : Number(item) };
  });
  let workflow: WorkflowPlan | undefined = plan.workflows[0];
  for (const [position, { name, item }] of parts.entries()) {
    const inside: WorkflowPlan | undefined = workflow;
    const node = inside?.nodes.find((one) => one.kind === "step" && one.name === name);
    if (inside === undefined || node === undefined) {
      const known = inside?.steps.map((step) => inside.nodes[step]?.name).join(", ") ?? "none";
      const where =
        inside === undefined ? `${parts[position - 1]?.name} is no workflow and` : `workflow ${inside.name}`;
      throw refuse(`${where} has no such step (steps: ${known})`);
    }
    if (item !== undefined && node.step?.forEach === undefined)
      throw refuse(`${name} has no items, as it has no for_each`);
    workflow = plan.workflows[node.step?.workflow ?? -1];
  }
  return parts;
}
