import { createHash } from "node:crypto";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Plan, PlanNode, WorkflowPlan } from "../plan/plan.js";

/** The plan with one step and what it needs; other steps are taken out. Its outputs are the step's ports, as `step.port`. */
export function onlyStep(plan: Plan, name: string): Plan {
  const root = plan.workflows[0] as WorkflowPlan;
  const target = root.steps.find((node) => root.nodes[node]?.name === name);
  if (target === undefined) {
    const known = root.steps.map((node) => root.nodes[node]?.name).join(", ");
    throw nanobrainError("E_USAGE", {
      problem: `Cannot run only ${name}: workflow ${plan.name} has no such step (steps: ${known})`,
    });
  }
  const workflow = cut(root, upstream(root, target), target);
  const hash = createHash("sha256").update(`${plan.hash} only ${name}`).digest("hex");
  return { ...plan, hash, workflows: [workflow, ...plan.workflows.slice(1)] };
}

function upstream(workflow: WorkflowPlan, target: number): Set<number> {
  const found = new Set([target]);
  const queue = [target];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const plan = workflow.nodes[node];
    const sources =
      plan?.ports.flatMap((port) => port.links.map((link) => workflow.links[link]?.from.node ?? -1)) ?? [];
    for (const before of [...sources, ...(plan?.dependsOn ?? [])]) {
      if (before < 0 || found.has(before)) continue;
      found.add(before);
      queue.push(before);
    }
  }
  return found;
}

/** Renumbers nodes and links; every output port of the target becomes an output of the run. */
function cut(workflow: WorkflowPlan, kept: Set<number>, target: number): WorkflowPlan {
  const numbers = [...kept].filter((node) => workflow.nodes[node]?.kind !== "output").sort((a, b) => a - b);
  const nodeOf = new Map(numbers.map((node, index) => [node, index]));
  const links = workflow.links.filter((link) => nodeOf.has(link.from.node) && nodeOf.has(link.to.node));
  const linkOf = new Map(links.map((link, index) => [workflow.links.indexOf(link), index]));
  const goal = workflow.nodes[target] as PlanNode;
  const outPorts = goal.outPorts.filter((port) => port.name !== "error");
  const outputs = outPorts.map((port, index) => outputNode(goal, port.name, links.length + index));
  const remap = (list: readonly number[]) => list.flatMap((link) => linkOf.get(link) ?? []);
  const nodes = numbers.map((number): PlanNode => {
    const node = workflow.nodes[number] as PlanNode;
    const own = number === target ? outPorts.map((_, index) => links.length + index) : [];
    return {
      ...node,
      ports: node.ports.map((port) => ({ ...port, links: remap(port.links) })),
      outLinks: [...remap(node.outLinks), ...own],
      dependsOn: node.dependsOn.flatMap((before) => nodeOf.get(before) ?? []),
    };
  });
  const steps = nodes.flatMap((node, index) => (node.kind === "step" ? [index] : []));
  const stages: number[][] = [];
  for (const step of steps) {
    const depth = nodes[step]?.depth ?? 0;
    const stage = stages[depth] ?? [];
    stage.push(step);
    stages[depth] = stage;
  }
  return {
    ...workflow,
    nodes: [...nodes, ...outputs],
    links: [
      ...links.map((link) => ({
        ...link,
        from: { ...link.from, node: nodeOf.get(link.from.node) ?? 0 },
        to: { ...link.to, node: nodeOf.get(link.to.node) ?? 0 },
      })),
      ...outPorts.map((port, index) => ({
        name: `${goal.name}.${port.name}`,
        kind: "direct" as const,
        from: { node: nodeOf.get(target) ?? 0, port: port.name },
        to: { node: nodes.length + index, port: "value" },
        place: goal.place,
        back: false,
        exit: false,
        plain: true,
      })),
    ],
    inputs: workflow.inputs.flatMap((node) => nodeOf.get(node) ?? []),
    steps,
    outputs: outputs.map((_, index) => nodes.length + index),
    stages: Array.from(stages, (stage) => stage ?? []),
    queues: [],
    triggers: [],
  };
}

function outputNode(goal: PlanNode, port: string, link: number): PlanNode {
  return {
    name: `${goal.name}.${port}`,
    kind: "output",
    place: goal.place,
    ports: [{ name: "value", links: [link], merge: "single", optional: true, hold: false }],
    outPorts: [],
    openOutputs: false,
    outLinks: [],
    knot: -1,
    depth: goal.depth,
    rank: goal.rank + 1,
    tail: 0,
    dependsOn: [],
    unit: { class: "nanobrain.core.unit.DataUnitMemory", role: "result" },
  };
}
