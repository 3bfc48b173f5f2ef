import type { ComponentCall } from "../contracts/executor.js";
import type { JsonObject } from "../contracts/json.js";
import type { Plan, PlanLink, PlanNode, PlanPort, PlanRecovery, PlanStep, WorkflowPlan } from "../plan/plan.js";
import { type NodeOrder, orderOf } from "./plan-order.js";
import { type LinkSpec, type PortSpec, parseLink, type StepSpec, type WorkflowSpec } from "./plan-spec.js";
import { hashText } from "./seeded-random.js";

const place = { file: "built.yml", line: 1, column: 1 };

/** A plan for tests of kernel and host, without a document. The first workflow is the root; nested ones are named by steps. */
export function buildPlan(...specs: readonly WorkflowSpec[]): Plan {
  const workflows = specs.map((spec, index) => buildWorkflow(spec, index, specs));
  return {
    format: 1,
    hash: hashOf(JSON.stringify(specs)),
    name: specs[0]?.name ?? "root",
    file: place.file,
    workflows,
    pools: [],
    demands: [[]],
    executors: {},
    hooks: {},
    monitoring: {},
    warnings: [],
  };
}

/** The same plan with other strategies; `strategy` is asked with each workflow's position. */
export function withStrategies(plan: Plan, strategy: (workflow: number) => WorkflowPlan["strategy"]): Plan {
  const workflows = plan.workflows.map((workflow, index) => ({ ...workflow, strategy: strategy(index) }));
  return { ...plan, workflows, hash: hashOf(plan.hash + workflows.map((workflow) => workflow.strategy).join()) };
}

/** The same plan with some of its steps changed. Hashes stay: nothing of a run that was begun with one refers to the other. */
export function withSteps(plan: Plan, change: (step: PlanStep) => PlanStep): Plan {
  const changed = (node: PlanNode): PlanNode => (node.step === undefined ? node : { ...node, step: change(node.step) });
  const workflows = plan.workflows.map((workflow) => ({ ...workflow, nodes: workflow.nodes.map(changed) }));
  return { ...plan, workflows };
}

/** The same plan with components that never fail. */
export function withoutFailures(plan: Plan): Plan {
  return withSteps(plan, (step) =>
    step.component === undefined ? step : { ...step, component: { ...step.component, config: {} } },
  );
}

/** Different plans have different hashes; no more is asked of it here. */
function hashOf(text: string): string {
  return hashText(text).toString(16).padStart(8, "0").repeat(8);
}

type Named = {
  readonly name: string;
  readonly kind: PlanNode["kind"];
  readonly port?: PortSpec;
  readonly step?: StepSpec;
};

function namedNodes(spec: WorkflowSpec): readonly Named[] {
  const units = Object.entries({ ...spec.inputs, ...spec.units });
  return [
    ...units.map(([name, port]): Named => ({ name, kind: "unit", port })),
    ...Object.entries(spec.steps).map(([name, step]): Named => ({ name, kind: "step", step })),
    ...Object.entries(spec.outputs ?? {}).map(([name, port]): Named => ({ name, kind: "output", port })),
  ];
}

function buildWorkflow(spec: WorkflowSpec, index: number, specs: readonly WorkflowSpec[]): WorkflowPlan {
  const nodes = namedNodes(spec);
  const at = new Map(nodes.map((node, number) => [node.name, number]));
  const links = spec.links.map(parseLink);
  const isBefore = (link: LinkSpec, name: string) => link.to.name === name;
  const order = orderOf({
    before: nodes.map(({ name, step }) => [
      ...links.filter((link) => isBefore(link, name)).map((link) => at.get(link.from.name) ?? -1),
      ...(step?.after ?? []).map((other) => at.get(other) ?? -1),
    ]),
    isStep: nodes.map(({ kind }) => kind === "step"),
  });
  const built = nodes.map((node, number) => buildNode(node, number, { spec, specs, at, links, order }));
  const numbers = (kind: PlanNode["kind"]) => built.flatMap((node, number) => (node.kind === kind ? [number] : []));
  const steps = numbers("step");
  const deepest = Math.max(-1, ...steps.map((step) => built[step]?.depth ?? 0));
  return {
    name: spec.name ?? `workflow${index}`,
    file: place.file,
    strategy: spec.strategy ?? "graph",
    recovery: recoveryOf(spec, {}),
    timeoutMs: spec.timeoutMs ?? null,
    nodes: built,
    links: links.map((link, number) => buildLink(link, number, at)),
    inputs: Object.keys(spec.inputs ?? {}).map((name) => at.get(name) ?? -1),
    steps,
    outputs: numbers("output"),
    stages: Array.from({ length: deepest + 1 }, (_, depth) => steps.filter((step) => built[step]?.depth === depth)),
    queues: [],
    triggers: [],
    completion: "quiescent",
    restorable: false,
    checkpointIntervalMs: null,
    preservePartialResults: false,
  };
}

type Context = {
  readonly spec: WorkflowSpec;
  readonly specs: readonly WorkflowSpec[];
  readonly at: ReadonlyMap<string, number>;
  readonly links: readonly LinkSpec[];
  readonly order: NodeOrder;
};

function buildNode({ name, kind, port, step }: Named, number: number, context: Context): PlanNode {
  const { spec, links, order, at } = context;
  const ports = buildPorts(name, port === undefined ? (step?.ports ?? {}) : { value: port }, links);
  const outLinks = links.flatMap((link, position) => (link.from.name === name ? [position] : []));
  const outPorts = new Set(outLinks.map((position) => links[position]?.from.port ?? ""));
  return {
    name,
    kind,
    place,
    ports,
    outPorts: [...outPorts].map((out) => ({ name: out, optional: true })),
    openOutputs: true,
    outLinks,
    depth: order.depth[number] ?? 0,
    rank: order.rank[number] ?? 0,
    tail: order.tail[number] ?? 0,
    dependsOn: (step?.after ?? []).map((other) => at.get(other) ?? -1),
    knot: -1,
    ...(step === undefined
      ? { unit: { class: "DataUnitMemory", role: spec.inputs?.[name] ? "input" : "result" } }
      : { step: buildStep(name, step, ports, outPorts.has("error"), context) }),
  };
}

function buildPorts(
  name: string,
  specs: { readonly [port: string]: PortSpec },
  links: readonly LinkSpec[],
): readonly PlanPort[] {
  const linked = links.filter((link) => link.to.name === name).map((link) => link.to.port);
  return [...new Set([...Object.keys(specs), ...linked])].map((port) => {
    const { merge = "single", optional = false, default: value } = specs[port] ?? {};
    return {
      name: port,
      links: links.flatMap((link, at) => (link.to.name === name && link.to.port === port ? [at] : [])),
      merge,
      optional,
      hold: false,
      ...(value === undefined ? {} : { default: { json: value } }),
    };
  });
}

function buildStep(
  name: string,
  step: StepSpec,
  ports: readonly PlanPort[],
  errorLinked: boolean,
  { spec, specs }: Context,
): PlanStep {
  const each = step.forEach;
  const workflow = specs.findIndex((other) => step.workflow !== undefined && other.name === step.workflow);
  return {
    ...(workflow >= 0 ? { workflow } : { component: component(name, step.config ?? {}, step.module ?? false) }),
    ...(step.fallback === undefined ? {} : { fallback: component(`${name}Fallback`, step.fallback, false) }),
    errorLinked,
    recovery: recoveryOf(spec, step),
    timeoutMs: step.timeoutMs ?? null,
    whenAbsent: step.whenAbsent ?? "skip",
    concurrency: 1,
    maxActivations: 1000,
    ...(each === undefined
      ? {}
      : {
          forEach: {
            over: ports.findIndex((port) => port.name === each.over),
            as: each.as ?? "item",
            concurrency: each.concurrency ?? 1,
            maxFailures: each.maxFailures ?? 0,
          },
        }),
    cache: "off",
    effects: true,
    executor: step.executor ?? "local",
    demand: 0,
    checkpoint: false,
    triggered: false,
  };
}

function component(name: string, config: JsonObject, isModule: boolean): ComponentCall {
  return {
    class: `built.${name}`,
    version: "1",
    config,
    ...(isModule ? { module: { path: "built.ts", export: name } } : {}),
  };
}

function recoveryOf(spec: WorkflowSpec, step: StepSpec): PlanRecovery {
  return {
    handling: step.handling ?? spec.handling ?? "stop",
    maxRetries: step.maxRetries ?? spec.maxRetries ?? 3,
    retryDelayMs: step.retryDelayMs ?? spec.retryDelayMs ?? 1000,
    rollbackOnFailure: false,
    own: step.handling !== undefined,
  };
}

function buildLink(link: LinkSpec, number: number, at: ReadonlyMap<string, number>): PlanLink {
  const { condition, transform, otherwise } = link;
  return {
    name: `link${number}`,
    kind: transform !== undefined ? "transform" : condition !== undefined ? "conditional" : "direct",
    from: { node: at.get(link.from.name) ?? -1, port: link.from.port },
    to: { node: at.get(link.to.name) ?? -1, port: link.to.port },
    place,
    ...(condition === undefined ? {} : { condition }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(transform === undefined ? {} : { transform: component("Transform", { name: transform }, false) }),
    back: false,
    exit: false,
    plain: condition === undefined && transform === undefined,
  };
}
