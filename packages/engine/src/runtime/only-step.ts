import { createHash } from "node:crypto";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Plan, PlanLink, PlanNode, PlanQueue, WorkflowPlan } from "../plan/plan.js";

/**
 * The plan with one step and what it needs; other steps are taken out. Its outputs are the step's ports, as `step.port`.
 * Nothing waits for a trigger: the run is over when the step is.
 */
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
    for (const before of [...sources, ...(plan?.dependsOn ?? []), ...letters(workflow, node)]) {
      if (before < 0 || found.has(before)) continue;
      found.add(before);
      queue.push(before);
    }
  }
  return found;
}

/** The units of what the queues in front of a node gave up: a queue cannot be without. */
function letters(workflow: WorkflowPlan, node: number): readonly number[] {
  const links = workflow.nodes[node]?.ports.flatMap((port) => port.links) ?? [];
  return links.flatMap((link) => workflow.queues[workflow.links[link]?.queue ?? -1]?.letters ?? []);
}

/** What is left of a workflow: its nodes, links and queues have new numbers. */
type Cut = {
  readonly workflow: WorkflowPlan;
  readonly nodes: ReadonlyMap<number, number>;
  readonly links: ReadonlyMap<number, number>;
  readonly queues: ReadonlyMap<number, number>;
};

/** Renumbers nodes and links; every output port of the target becomes an output of the run. */
function cut(workflow: WorkflowPlan, kept: Set<number>, target: number): WorkflowPlan {
  const left = cutOf(workflow, kept);
  const goal = workflow.nodes[target] as PlanNode;
  const outPorts = goal.outPorts.filter((port) => port.name !== "error");
  const outputs = outPorts.map((port, index) => outputNode(goal, port.name, left.links.size + index));
  const own = outPorts.map((_, index) => left.links.size + index);
  const nodes = [...left.nodes.keys()].map((number) => cutNode(left, number, number === target ? own : []));
  const steps = nodes.flatMap((node, index) => (node.kind === "step" ? [index] : []));
  return {
    ...workflow,
    nodes: [...nodes, ...outputs],
    links: [
      ...[...left.links.keys()].map((link) => cutLink(left, workflow.links[link] as PlanLink)),
      ...outPorts.map((port, index) => outputLink(goal, port.name, left.nodes.get(target) ?? 0, nodes.length + index)),
    ],
    inputs: workflow.inputs.flatMap((node) => left.nodes.get(node) ?? []),
    steps,
    outputs: outputs.map((_, index) => nodes.length + index),
    stages: stagesOf(nodes, steps),
    queues: [...left.queues.keys()].map((queue) => cutQueue(left, workflow.queues[queue] as PlanQueue)),
    triggers: [],
    completion: "quiescent",
  };
}

function cutOf(workflow: WorkflowPlan, kept: Set<number>): Cut {
  const numbers = [...kept].filter((node) => workflow.nodes[node]?.kind !== "output").sort((a, b) => a - b);
  const nodes = new Map(numbers.map((node, index) => [node, index]));
  const links = new Map<number, number>();
  for (const [number, link] of workflow.links.entries())
    if (nodes.has(link.from.node) && nodes.has(link.to.node)) links.set(number, links.size);
  const queues = new Map<number, number>();
  for (const [number, queue] of workflow.queues.entries())
    if (queue.links.some((link) => links.has(link))) queues.set(number, queues.size);
  return { workflow, nodes, links, queues };
}

function cutNode(left: Cut, number: number, own: readonly number[]): PlanNode {
  const node = left.workflow.nodes[number] as PlanNode;
  const queue = left.queues.get(node.unit?.letters ?? -1);
  return {
    ...node,
    ports: node.ports.map((port) => ({ ...port, links: port.links.flatMap((link) => left.links.get(link) ?? []) })),
    outLinks: [...node.outLinks.flatMap((link) => cutOutLink(left, link) ?? []), ...own],
    dependsOn: node.dependsOn.flatMap((before) => left.nodes.get(before) ?? []),
    ...(node.unit === undefined || queue === undefined ? {} : { unit: { ...node.unit, letters: queue } }),
    ...(node.step === undefined ? {} : { step: { ...node.step, triggered: false } }),
  };
}

/** The first link of a queue stands for it among those of its source: where that is gone, the next one does. */
function cutOutLink({ workflow, links }: Cut, link: number): number | undefined {
  const queue = workflow.queues[workflow.links[link]?.queue ?? -1];
  const first = queue === undefined ? link : queue.links.find((one) => links.has(one));
  return links.get(first ?? -1);
}

function cutLink({ nodes, queues }: Cut, link: PlanLink): PlanLink {
  return {
    ...link,
    from: { ...link.from, node: nodes.get(link.from.node) ?? 0 },
    to: { ...link.to, node: nodes.get(link.to.node) ?? 0 },
    ...(link.queue === undefined ? {} : { queue: queues.get(link.queue) ?? 0 }),
  };
}

function cutQueue({ nodes, links }: Cut, queue: PlanQueue): PlanQueue {
  const targets = queue.links.flatMap((link, position) => (links.has(link) ? [position] : []));
  return {
    ...queue,
    from: { ...queue.from, node: nodes.get(queue.from.node) ?? 0 },
    links: targets.map((position) => links.get(queue.links[position] ?? -1) ?? 0),
    weights: targets.map((position) => queue.weights[position] ?? 1),
    letters: nodes.get(queue.letters) ?? 0,
  };
}

function stagesOf(nodes: readonly PlanNode[], steps: readonly number[]): readonly (readonly number[])[] {
  const stages: number[][] = [];
  for (const step of steps) {
    const depth = nodes[step]?.depth ?? 0;
    while (stages.length <= depth) stages.push([]);
    stages[depth]?.push(step);
  }
  return stages;
}

function outputLink(goal: PlanNode, port: string, from: number, to: number): PlanLink {
  return {
    name: `${goal.name}.${port}`,
    kind: "direct",
    from: { node: from, port },
    to: { node: to, port: "value" },
    place: goal.place,
    back: false,
    exit: false,
    plain: true,
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
