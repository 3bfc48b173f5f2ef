import type { Json } from "../../contracts/json.js";
import type { Plan, PlanNode, PlanPort, WorkflowPlan } from "../../plan/plan.js";
import { canonical } from "../../values/values.js";

export type Side = { readonly plan: Plan; readonly workflow: WorkflowPlan };

/** `inside`: the step itself is the same, something within its nested workflow is not. */
export type Difference =
  | { readonly status: "same" }
  | { readonly status: "inside" | "changed"; readonly reason: string };

/**
 * Whether a step gives now what it gave then, for the same inputs: class, version, config, code, wiring and, for nested
 * workflows, all that is in them. Where it runs, and how often it is tried, makes no difference.
 */
export function compareSteps(before: Side, now: Side, name: string, changedCode: ReadonlySet<string>): Difference {
  const then = stepNamed(before.workflow, name);
  const here = stepNamed(now.workflow, name);
  if (here === undefined || then === undefined) return { status: "changed", reason: "it is new" };
  if (modulesOf(now, here).some((path) => changedCode.has(path)))
    return { status: "changed", reason: "its code changed" };
  if (text(callOf(then)) !== text(callOf(here))) return { status: "changed", reason: "its class or config changed" };
  if (text(wiringOf(before.workflow, then)) !== text(wiringOf(now.workflow, here)))
    return { status: "changed", reason: "what it takes is linked otherwise" };
  const inner = nestedOf(now, here);
  const old = nestedOf(before, then);
  if (inner === undefined || old === undefined) return { status: "same" };
  return isSameInside(old, inner, changedCode)
    ? { status: "same" }
    : { status: "inside", reason: "its workflow changed" };
}

function isSameInside(before: Side, now: Side, changedCode: ReadonlySet<string>): boolean {
  const names = now.workflow.steps.map((node) => now.workflow.nodes[node]?.name ?? "");
  if (before.workflow.steps.length !== names.length) return false;
  const rest = ({ workflow }: Side) =>
    workflow.nodes.flatMap((node) => (node.kind === "step" ? [] : [[node.name, node.kind, wiringOf(workflow, node)]]));
  if (text(rest(before)) !== text(rest(now))) return false;
  return names.every((name) => compareSteps(before, now, name, changedCode).status === "same");
}

function nestedOf({ plan }: Side, node: PlanNode): Side | undefined {
  const workflow = plan.workflows[node.step?.workflow ?? -1];
  return workflow === undefined ? undefined : { plan, workflow };
}

export function stepNamed(workflow: WorkflowPlan, name: string): PlanNode | undefined {
  return workflow.nodes.find((node) => node.kind === "step" && node.name === name);
}

function callOf({ step, ports, outPorts, openOutputs }: PlanNode): unknown {
  const { component, forEach, repeat, whenAbsent, waits, onTimeout } = step ?? {};
  const over = forEach === undefined ? undefined : [ports[forEach.over]?.name, forEach.as, forEach.maxFailures];
  return [component, over, repeat, whenAbsent, waits, onTimeout, outPorts, openOutputs];
}

/** Ports with all that comes over their links, told by names: numbers move when a document is edited. */
function wiringOf(workflow: WorkflowPlan, node: PlanNode): unknown {
  const linksOf = (port: PlanPort) =>
    port.links.map((number) => {
      const link = workflow.links[number];
      if (link === undefined) return undefined;
      const { from, kind, condition, otherwise, transform, inputSchema, outputSchema } = link;
      const source = [workflow.nodes[from.node]?.name, workflow.nodes[from.node]?.kind, from.port];
      return [source, kind, condition, otherwise, transform, inputSchema, outputSchema];
    });
  return node.ports.map((port) => {
    const { name, merge, optional, default: fallback, hold, schema } = port;
    return [name, merge, optional, fallback, hold, schema, linksOf(port)];
  });
}

/** The users' modules that run for a step: its own, and those of transforms on the links into it. */
function modulesOf({ workflow }: Side, node: PlanNode): readonly string[] {
  const own = node.step?.component?.module?.path;
  const links = node.ports.flatMap((port) => port.links.map((link) => workflow.links[link]?.transform?.module?.path));
  return [own, ...links].filter((path) => path !== undefined);
}

function text(value: unknown): string {
  return canonical(JSON.parse(JSON.stringify(value ?? null)) as Json);
}
