import type { ComponentCall } from "../contracts/executor.js";
import type { JsonObject } from "../contracts/json.js";
import type {
  Plan,
  PlanLink,
  PlanNode,
  PlanPort,
  PlanRecovery,
  PlanRepeat,
  PlanStep,
  WorkflowPlan,
} from "../plan/plan.js";
import { knotsOf, type NodeOrder, orderOf } from "./plan-order.js";
import { buildQueues, buildTriggers, triggeredSteps } from "./plan-reactions.js";
import {
  type LinkSpec,
  lettersOf,
  type PortSpec,
  parseLink,
  parseQueue,
  type StepSpec,
  type WorkflowSpec,
} from "./plan-spec.js";
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
  return withSteps(plan, (step) => {
    if (step.component === undefined) return step;
    const { fails: _fails, kind: _kind, badItems: _badItems, ...config } = step.component.config;
    return { ...step, component: { ...step.component, config } };
  });
}

/** The same plan, where workflows that are chosen go back to their last checkpoint when something fails. */
export function withRollback(plan: Plan, isChosen: (workflow: number) => boolean, isUndone: () => boolean): Plan {
  const rolling = (recovery: PlanRecovery): PlanRecovery => ({ ...recovery, handling: "rollback", maxRetries: 1000 });
  const changed = (node: PlanNode): PlanNode => {
    if (node.step === undefined) return node;
    const undo = isUndone() ? { onRollback: component(`${node.name}Undo`, {}, false) } : {};
    // What a nested workflow failed at is final, unless its step says otherwise itself.
    const recovery = { ...rolling(node.step.recovery), own: node.step.workflow !== undefined };
    return { ...node, step: { ...node.step, recovery, ...undo } };
  };
  const workflows = plan.workflows.map((workflow, index) =>
    isChosen(index)
      ? { ...workflow, restorable: true, recovery: rolling(workflow.recovery), nodes: workflow.nodes.map(changed) }
      : workflow,
  );
  return { ...plan, workflows };
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
  const letters = Object.keys(spec.queues ?? {}).map((queue) => [lettersOf(queue), { optional: true }]);
  const units = { ...spec.inputs, ...spec.parameters, ...spec.units, ...Object.fromEntries(letters) };
  return [
    ...Object.entries<PortSpec>(units).map(([name, port]): Named => ({ name, kind: "unit", port })),
    ...Object.entries(spec.steps).map(([name, step]): Named => ({ name, kind: "step", step })),
    ...Object.entries(spec.outputs ?? {}).map(([name, port]): Named => ({ name, kind: "output", port })),
  ];
}

function buildWorkflow(spec: WorkflowSpec, index: number, specs: readonly WorkflowSpec[]): WorkflowPlan {
  const named = namedNodes(spec);
  const at = new Map(named.map((node, number) => [node.name, number]));
  const queued = Object.entries(spec.queues ?? {}).flatMap(([name, queue]) => parseQueue(name, queue));
  const links = [...spec.links.map(parseLink), ...queued];
  const context = { spec, specs, named, at, links, ...arrange(spec, named, links, at) };
  const nodes = named.map((node, number) => buildNode(node, number, context));
  const numbers = (kind: PlanNode["kind"]) => nodes.flatMap((node, number) => (node.kind === kind ? [number] : []));
  const steps = numbers("step");
  const deepest = Math.max(-1, ...steps.map((step) => nodes[step]?.depth ?? 0));
  const planned = links.map((link, number) => buildLink(link, number, context));
  return {
    name: spec.name ?? `workflow${index}`,
    file: place.file,
    strategy: spec.strategy ?? "graph",
    recovery: recoveryOf(spec, {}),
    timeoutMs: spec.timeoutMs ?? null,
    nodes,
    links: planned,
    inputs: Object.keys(spec.inputs ?? {}).map((name) => at.get(name) ?? -1),
    steps,
    outputs: numbers("output"),
    stages: Array.from({ length: deepest + 1 }, (_, depth) => steps.filter((step) => nodes[step]?.depth === depth)),
    queues: buildQueues(spec, planned, { nodes, at }),
    triggers: buildTriggers(spec, { nodes, at }),
    completion: spec.completion ?? "quiescent",
    restorable: isRestorable(spec),
    checkpointIntervalMs: spec.checkpointIntervalMs ?? null,
    preservePartialResults: spec.preservePartialResults ?? false,
  };
}

function isRestorable(spec: WorkflowSpec): boolean {
  const handlings = [spec, ...Object.values(spec.steps)].map(({ handling }) => handling);
  return handlings.includes("rollback") || spec.rollbackOnFailure === true;
}

type Arranged = {
  readonly order: NodeOrder;
  readonly knots: readonly number[];
  readonly triggered: ReadonlySet<string>;
};

/** Order and cycles. A cycle is cut where it enters an `each` port or a triggered step. */
function arrange(
  spec: WorkflowSpec,
  named: readonly Named[],
  links: readonly LinkSpec[],
  at: ReadonlyMap<string, number>,
): Arranged {
  const numberOf = (name: string) => at.get(name) ?? -1;
  const before = (isKept: (link: LinkSpec) => boolean) =>
    named.map(({ name, step }) => [
      ...links.filter((link) => link.to.name === name && isKept(link)).map((link) => numberOf(link.from.name)),
      ...(step?.after ?? []).map(numberOf),
    ]);
  const knots = knotsOf(before(() => true));
  const triggered = triggeredSteps(spec);
  const returns = (link: LinkSpec) =>
    isWithin(knots, numberOf(link.from.name), numberOf(link.to.name)) &&
    (triggered.has(link.to.name) || mergesEach(named[numberOf(link.to.name)], link));
  const isStep = named.map(({ kind }) => kind === "step");
  return { order: orderOf({ before: before((link) => !returns(link)), isStep }), knots, triggered };
}

function isWithin(knots: readonly number[], from: number, to: number): boolean {
  return knots[from] !== -1 && knots[from] === knots[to];
}

function mergesEach(target: Named | undefined, link: LinkSpec): boolean {
  return portSpecs(target)[link.to.port]?.merge === "each";
}

function portSpecs(named: Named | undefined): { readonly [port: string]: PortSpec } {
  return named?.port === undefined ? (named?.step?.ports ?? {}) : { value: named.port };
}

type Context = {
  readonly spec: WorkflowSpec;
  readonly specs: readonly WorkflowSpec[];
  readonly named: readonly Named[];
  readonly at: ReadonlyMap<string, number>;
  readonly links: readonly LinkSpec[];
} & Arranged;

function buildNode(node: Named, number: number, context: Context): PlanNode {
  const { name, kind, step } = node;
  const { links, order, at, knots } = context;
  const ports = buildPorts(node, context);
  const outLinks = links.flatMap((link, position) => (link.from.name === name ? [position] : []));
  const outPorts = new Set(outLinks.map((position) => links[position]?.from.port ?? ""));
  for (const output of Object.keys(step?.repeat?.carry ?? {})) outPorts.add(output);
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
    knot: knots[number] ?? -1,
    ...(step === undefined
      ? { unit: unitOf(name, context.spec) }
      : { step: buildStep(name, step, ports, outPorts.has("error"), context) }),
  };
}

function unitOf(name: string, spec: WorkflowSpec): NonNullable<PlanNode["unit"]> {
  const role = spec.inputs?.[name] ? "input" : spec.parameters?.[name] ? "parameter" : "result";
  const letters = Object.keys(spec.queues ?? {})
    .map(lettersOf)
    .indexOf(name);
  return { class: "DataUnitMemory", role, ...(letters < 0 ? {} : { letters }) };
}

function buildPorts(named: Named, { links, spec }: Context): readonly PlanPort[] {
  const specs = portSpecs(named);
  const linked = links.filter((link) => link.to.name === named.name).map((link) => link.to.port);
  return [...new Set([...Object.keys(specs), ...linked])].map((port) => {
    const { merge = "single", optional = false, default: value, hold = false } = specs[port] ?? {};
    const own = links.flatMap((link, at) => (link.to.name === named.name && link.to.port === port ? [at] : []));
    const isParameter = (link: number) => spec.parameters?.[links[link]?.from.name ?? ""] !== undefined;
    return {
      name: port,
      links: own,
      merge,
      optional,
      hold: hold || (own.length > 0 && own.every(isParameter)),
      ...(value === undefined ? {} : { default: { json: value } }),
    };
  });
}

function buildStep(
  name: string,
  step: StepSpec,
  ports: readonly PlanPort[],
  errorLinked: boolean,
  { spec, specs, triggered }: Context,
): PlanStep {
  const each = step.forEach;
  const workflow = specs.findIndex((other) => step.workflow !== undefined && other.name === step.workflow);
  return {
    ...(workflow >= 0 ? { workflow } : { component: component(name, step.config ?? {}, step.module ?? false) }),
    ...(step.fallback === undefined ? {} : { fallback: component(`${name}Fallback`, step.fallback, false) }),
    ...(step.onRollback === undefined ? {} : { onRollback: component(`${name}Undo`, step.onRollback, false) }),
    errorLinked,
    recovery: recoveryOf(spec, step),
    timeoutMs: step.timeoutMs ?? null,
    whenAbsent: step.whenAbsent ?? "skip",
    concurrency: step.concurrency ?? 1,
    maxActivations: step.maxActivations ?? 1000,
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
    checkpoint: step.checkpoint ?? false,
    triggered: triggered.has(name),
    ...(step.repeat === undefined ? {} : { repeat: repeatOf(step.repeat) }),
    ...(step.waits === undefined ? {} : { waits: step.waits }),
    ...(step.onTimeout === undefined ? {} : { onTimeout: { json: step.onTimeout } }),
  };
}

function repeatOf({ until, max = 2, carry = {}, onMax = "accept" }: NonNullable<StepSpec["repeat"]>): PlanRepeat {
  const carried = Object.entries(carry).map(([output, input]) => ({ output, input }));
  return { ...(until === undefined ? {} : { until }), max, carry: carried, onMax };
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
    rollbackOnFailure: spec.rollbackOnFailure ?? false,
    own: step.handling !== undefined,
  };
}

function buildLink(link: LinkSpec, number: number, { at, knots, spec, named }: Context): PlanLink {
  const { condition, transform, otherwise, queue } = link;
  const [from, to] = [at.get(link.from.name) ?? -1, at.get(link.to.name) ?? -1];
  const inside = isWithin(knots, from, to);
  return {
    name: queue ?? `link${number}`,
    kind: kindOf(link),
    from: { node: from, port: link.from.port },
    to: { node: to, port: link.to.port },
    place,
    ...(condition === undefined ? {} : { condition }),
    ...(otherwise === undefined ? {} : { otherwise }),
    ...(transform === undefined ? {} : { transform: component("Transform", { name: transform }, false) }),
    ...(queue === undefined ? {} : { queue: Object.keys(spec.queues ?? {}).indexOf(queue) }),
    back: inside && mergesEach(named[to], link),
    exit: !inside && knots[from] !== -1,
    plain: kindOf(link) === "direct",
  };
}

function kindOf({ condition, transform, queue }: LinkSpec): PlanLink["kind"] {
  if (queue !== undefined) return "queue";
  if (transform !== undefined) return "transform";
  return condition === undefined ? "direct" : "conditional";
}
