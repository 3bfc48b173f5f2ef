import type { StrategyName } from "../document/document.js";
import type { Plan, PlanLink, PlanNode, PlanPort, PlanStep, WorkflowPlan } from "../plan/plan.js";

/** A step of a sample plan; `workflow` names another sample workflow. Ports come from the links. */
export type SampleStep = {
  readonly after?: readonly string[];
  readonly workflow?: number;
  readonly forEach?: { readonly over: string; readonly as: string };
  readonly cache?: "off" | "run" | "shared";
};

/** Links are `step.port -> step.port`, with `?` and a condition behind for gates: `a.x -> b.y ? y > 1`. */
export type SampleWorkflow = {
  readonly name?: string;
  readonly strategy?: StrategyName;
  readonly units?: readonly string[];
  readonly steps: { readonly [name: string]: SampleStep };
  readonly outputs?: readonly string[];
  readonly links: readonly string[];
};

/** A plan put together by hand, for tests of what reads plans and journals. The first workflow is the root. */
export function samplePlan(...workflows: readonly SampleWorkflow[]): Plan {
  return {
    format: 1,
    hash: "f".repeat(64),
    name: workflows[0]?.name ?? "sample",
    file: "sample.yml",
    workflows: workflows.map(sampleWorkflow),
    pools: [],
    demands: [[]],
    executors: {},
    hooks: {},
    monitoring: {},
    warnings: [],
  };
}

type Parsed = {
  readonly from: readonly [string, string];
  readonly to: readonly [string, string];
  readonly condition: string | undefined;
};

function parseLink(text: string): Parsed {
  const [ends = "", condition] = text.split("?").map((part) => part.trim());
  const [from = "", to = ""] = ends.split("->").map((part) => part.trim());
  const split = (end: string): readonly [string, string] => {
    const dot = end.indexOf(".");
    return dot < 0 ? [end, "value"] : [end.slice(0, dot), end.slice(dot + 1)];
  };
  return { from: split(from), to: split(to), condition };
}

function sampleWorkflow(sample: SampleWorkflow, index: number): WorkflowPlan {
  const units = sample.units ?? [];
  const steps = Object.keys(sample.steps);
  const outputs = sample.outputs ?? [];
  const names = [...units, ...steps, ...outputs];
  const parsed = sample.links.map(parseLink);
  const depths = depthsOf(sample, parsed);
  const nodes = names.map((name, node): PlanNode => {
    const step = sample.steps[name];
    const ports = portsOf(name, parsed);
    return {
      name,
      kind: node < units.length ? "unit" : node < units.length + steps.length ? "step" : "output",
      place: { file: "sample.yml", line: 10 + node, column: 3 },
      ports,
      outPorts: [...new Set(parsed.filter((link) => link.from[0] === name).map((link) => link.from[1]))].map(
        (port) => ({
          name: port,
          optional: true,
        }),
      ),
      openOutputs: true,
      outLinks: parsed.flatMap((link, position) => (link.from[0] === name ? [position] : [])),
      depth: depths.get(name) ?? 0,
      rank: node,
      tail: 1,
      dependsOn: (step?.after ?? []).map((before) => names.indexOf(before)),
      knot: -1,
      ...(step === undefined
        ? { unit: { class: "DataUnitMemory", role: "input" as const } }
        : { step: sampleStep(step, ports) }),
    };
  });
  const stepNodes = steps.map((name) => names.indexOf(name));
  return {
    name: sample.name ?? (index === 0 ? "sample" : `inner${index}`),
    file: "sample.yml",
    strategy: sample.strategy ?? "graph",
    recovery: { handling: "stop", maxRetries: 3, retryDelayMs: 1000, rollbackOnFailure: false, own: false },
    timeoutMs: null,
    nodes,
    links: parsed.map((link, position) => sampleLink(link, position, names)),
    inputs: units.map((name) => names.indexOf(name)),
    steps: stepNodes,
    outputs: outputs.map((name) => names.lastIndexOf(name)),
    stages: stagesOf(stepNodes, nodes),
    queues: [],
    triggers: [],
    completion: "quiescent",
    restorable: false,
    checkpointIntervalMs: null,
    preservePartialResults: false,
  };
}

function portsOf(name: string, links: readonly Parsed[]): readonly PlanPort[] {
  const ports = new Set(links.filter((link) => link.to[0] === name).map((link) => link.to[1]));
  return [...ports].map((port) => ({
    name: port,
    links: links.flatMap((link, position) => (link.to[0] === name && link.to[1] === port ? [position] : [])),
    merge: "single",
    optional: false,
    hold: false,
  }));
}

function sampleStep(step: SampleStep, ports: readonly PlanPort[]): PlanStep {
  const over = ports.findIndex((port) => port.name === step.forEach?.over);
  return {
    ...(step.workflow === undefined
      ? { component: { class: "sample.Step", version: "1", config: {} } }
      : { workflow: step.workflow }),
    ...(step.forEach === undefined ? {} : { forEach: { over, as: step.forEach.as, concurrency: 2, maxFailures: 1 } }),
    errorLinked: false,
    recovery: { handling: "stop", maxRetries: 3, retryDelayMs: 1000, rollbackOnFailure: false, own: false },
    timeoutMs: null,
    whenAbsent: "skip",
    concurrency: 1,
    maxActivations: 1000,
    cache: step.cache ?? "run",
    effects: false,
    executor: "local",
    demand: 0,
    checkpoint: false,
    triggered: false,
  };
}

function sampleLink(link: Parsed, position: number, names: readonly string[]): PlanLink {
  const { condition } = link;
  return {
    name: `link${position}`,
    kind: condition === undefined ? "direct" : "conditional",
    from: { node: names.indexOf(link.from[0]), port: link.from[1] },
    to: { node: names.lastIndexOf(link.to[0]), port: link.to[1] },
    place: { file: "sample.yml", line: 50 + position, column: 3 },
    ...(condition === undefined ? {} : { condition, otherwise: "skip" as const }),
    back: false,
    exit: false,
    plain: condition === undefined,
  };
}

/** Steps before a step, counted along the longest way. */
function depthsOf(sample: SampleWorkflow, links: readonly Parsed[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const depth = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    depths.set(name, 0);
    const own = sample.steps[name];
    const before = [...links.filter((link) => link.to[0] === name).map((link) => link.from[0]), ...(own?.after ?? [])];
    const found = Math.max(0, ...before.map((other) => depth(other) + (sample.steps[other] === undefined ? 0 : 1)));
    depths.set(name, found);
    return found;
  };
  for (const name of Object.keys(sample.steps)) depth(name);
  return depths;
}

function stagesOf(steps: readonly number[], nodes: readonly PlanNode[]): readonly (readonly number[])[] {
  const depth = (step: number) => nodes[step]?.depth ?? 0;
  const deepest = Math.max(-1, ...steps.map(depth));
  return Array.from({ length: deepest + 1 }, (_, stage) => steps.filter((step) => depth(step) === stage));
}
