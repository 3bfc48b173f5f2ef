import type { DirectPort, DirectStep } from "../contracts/direct-step.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { Json, JsonObject, JsonSchema } from "../contracts/json.js";
import { topologyOf } from "../kernel/topology.js";
import type { Plan, PlanNode, PlanOutPort, PlanPort, WorkflowPlan } from "../plan/plan.js";
import { isEligible } from "./eligible.js";
import { type Kinds, kindsOf } from "./kinds.js";
import { readNames } from "./read-names.js";
import type { Scratch } from "./scratch.js";

/**
 * What comes in on one port: what nodes gave, whose numbers are `sources[start .. end)` of the plan, as a list or the first of it;
 * `otherwise`, if nothing does.
 */
export type Feed = {
  readonly start: number;
  readonly end: number;
  readonly isList: boolean;
  readonly otherwise: Json | undefined;
};

export type ExpressInput = {
  readonly name: string;
  readonly feed: Feed;
  /** Without a value the node does not take place. */
  readonly required: boolean;
  /** Undefined: nothing is asked of it. */
  readonly port: DirectPort | undefined;
};

export type ExpressOutput = {
  readonly name: string;
  readonly optional: boolean;
  readonly port: DirectPort | undefined;
  readonly schema: JsonSchema | undefined;
  /** The schema says no more than this of a value. */
  readonly type: string | undefined;
};

export type ExpressStep = {
  readonly node: number;
  readonly name: string;
  readonly direct: DirectStep;
  readonly config: JsonObject;
  /** Nothing in the config is a list or an object. */
  readonly isFlat: boolean;
  readonly inputs: readonly ExpressInput[];
  readonly outputs: readonly ExpressOutput[];
  /** The only output port that anybody knows of. */
  readonly only: ExpressOutput | undefined;
  /** Output ports that links start from. */
  readonly linked: readonly string[];
  readonly inputPorts: readonly string[];
  readonly outputPorts: readonly string[];
  /** Nothing else of its arguments can the code see. Undefined: it may see all. */
  readonly reads: ReadonlySet<string> | undefined;
  /** All it can see is its inputs and its config. */
  readonly isModest: boolean;
  readonly readsConfig: boolean;
  /** How long an attempt may take; Infinity: as long as it likes. */
  readonly timeoutMs: number;
  /** Its inputs have to be made: the code may see them, or the class checks them. */
  readonly takesInputs: boolean;
};

/** A unit or output. Without sources it holds what the run was given for it. */
export type ExpressUnit = {
  readonly node: number;
  readonly name: string;
  readonly feed: Feed;
  readonly required: boolean;
};

/** A plan in the form in which it is run without deciding anything: numbers in flat arrays, made once. */
export type ExpressPlan = Kinds & {
  readonly plan: Plan;
  readonly workflow: WorkflowPlan;
  /** By node: how much must come before it begins. */
  readonly need: Int32Array;
  /** Whom the end of a node brings nearer: `next[nextStart[node] .. nextStart[node + 1])`, in the order in which they would start. */
  readonly nextStart: Int32Array;
  readonly next: Int32Array;
  /** Lower goes first. */
  readonly priority: Int32Array;
  readonly nodes: readonly (ExpressStep | ExpressUnit)[];
  /** Where feeds come from: nodes, and their ports. */
  readonly sources: Int32Array;
  readonly sourcePorts: readonly string[];
  /** Nodes that wait for nothing, in the order in which they would start. */
  readonly first: readonly number[];
  /** Results of some steps may come from a cache, where the run uses one. */
  readonly caches: boolean;
  /** What runs that have ended leave to later ones. */
  readonly idle: Scratch[];
};

/** The bare code of a class; undefined: its attempts need the general way. */
export type FindDirect = (component: ComponentCall) => DirectStep | undefined;

/** Undefined: something in the plan takes the whole engine. */
export function expressPlan(
  plan: Plan,
  find: FindDirect,
  isChecked: (schema: JsonSchema) => boolean,
): ExpressPlan | undefined {
  const workflow = plan.workflows[0];
  if (workflow === undefined || !isEligible(plan, workflow, isChecked)) return undefined;
  const nodes: (ExpressStep | ExpressUnit)[] = [];
  const drawn: Sources = { workflow, nodes: [], ports: [] };
  for (const [index, node] of workflow.nodes.entries()) {
    const direct = node.step?.component === undefined ? undefined : find(node.step.component);
    if (node.step !== undefined && (direct === undefined || !portsAgree(node, direct))) return undefined;
    nodes.push(direct === undefined ? unitOf(drawn, node, index) : stepOf(drawn, node, index, direct));
  }
  const { priority } = topologyOf(workflow);
  const need = Int32Array.from(workflow.nodes, (node) => node.dependsOn.length + linksInto(node).length);
  const first = [...nodes.keys()].filter((node) => need[node] === 0).sort(byTurn(workflow, priority));
  const caches = workflow.nodes.some(({ step }) => step !== undefined && step.cache !== "off");
  const sources = { sources: Int32Array.from(drawn.nodes), sourcePorts: drawn.ports };
  const flat = { ...sources, ...kindsOf(nodes, drawn.nodes.length, priority), ...followers(workflow, priority) };
  return { plan, workflow, need, priority, nodes, first, caches, idle: [], ...flat };
}

/** What the class declares may have changed since the plan was made. */
export function portsAgree(node: PlanNode, direct: DirectStep): boolean {
  if (node.openOutputs !== (direct.outputs === undefined)) return false;
  const declared = new Set(direct.outputs?.map((port) => port.name));
  return node.openOutputs || node.outPorts.every((port) => declared.has(port.name));
}

const linksInto = (node: PlanNode): readonly number[] => node.ports.flatMap((port) => port.links);

/** Steps by priority, units behind them. */
function byTurn({ nodes }: WorkflowPlan, priority: Int32Array): (a: number, b: number) => number {
  const late = (node: number): number => (nodes[node]?.step === undefined ? 1 : 0);
  return (a, b) => late(a) - late(b) || (priority[a] ?? 0) - (priority[b] ?? 0);
}

function followers(workflow: WorkflowPlan, priority: Int32Array): Pick<ExpressPlan, "nextStart" | "next"> {
  const { nodes, links } = workflow;
  const after: number[][] = nodes.map((node) => node.outLinks.map((link) => links[link]?.to.node ?? 0));
  for (const [index, node] of nodes.entries()) for (const before of node.dependsOn) after[before]?.push(index);
  const nextStart = new Int32Array(nodes.length + 1);
  for (const [index, list] of after.entries()) nextStart[index + 1] = (nextStart[index] ?? 0) + list.length;
  const next = new Int32Array(nextStart[nodes.length] ?? 0);
  const order = byTurn(workflow, priority);
  for (const [index, list] of after.entries()) next.set(list.sort(order), nextStart[index]);
  return { nextStart, next };
}

/** Feeds drawn so far. */
export type Sources = { readonly workflow: WorkflowPlan; readonly nodes: number[]; readonly ports: string[] };

function feedOf({ workflow, nodes, ports }: Sources, port: PlanPort | undefined): Feed {
  const otherwise = port?.default !== undefined && "json" in port.default ? port.default.json : undefined;
  const start = nodes.length;
  for (const link of port?.links ?? []) {
    const from = workflow.links[link]?.from;
    nodes.push(from?.node ?? 0);
    ports.push(from?.port ?? "");
  }
  return { start, end: nodes.length, isList: port?.merge === "list" && nodes.length > start, otherwise };
}

function unitOf(drawn: Sources, node: PlanNode, index: number): ExpressUnit {
  const [port] = node.ports;
  return { node: index, name: node.name, feed: feedOf(drawn, port), required: port?.optional !== true };
}

export function stepOf(drawn: Sources, node: PlanNode, index: number, direct: DirectStep): ExpressStep {
  // Made anew: objects of one shape are copied faster.
  const config = JSON.parse(JSON.stringify(node.step?.component?.config ?? {})) as JsonObject;
  const outputs = outputsOf(node, direct);
  const reads = readNames(direct.text());
  const inputs = inputsOf(drawn, node, direct);
  return {
    node: index,
    name: node.name,
    direct,
    config,
    isFlat: Object.values(config).every((value) => typeof value !== "object" || value === null),
    inputs,
    outputs,
    only: outputs.length === 1 ? outputs[0] : undefined,
    linked: [...new Set(node.outLinks.map((link) => drawn.workflow.links[link]?.from.port ?? ""))],
    inputPorts: node.ports.map((port) => port.name),
    outputPorts: node.outPorts.map((port) => port.name).filter((name) => name !== "error"),
    reads,
    isModest: reads !== undefined && [...reads].every((name) => name === "inputs" || name === "config"),
    timeoutMs: node.step?.timeoutMs ?? Number.POSITIVE_INFINITY,
    readsConfig: reads?.has("config") !== false,
    takesInputs: reads?.has("inputs") !== false || inputs.some(({ port }) => port !== undefined),
  };
}

/** Declared ports are all there, absent or not; of open ones those that may have a value. */
function inputsOf(drawn: Sources, node: PlanNode, direct: DirectStep): readonly ExpressInput[] {
  const planned = new Map(node.ports.map((port) => [port.name, port]));
  const inputOf = (name: string, port: DirectPort | undefined): ExpressInput => {
    const found = planned.get(name);
    return { name, feed: feedOf(drawn, found), required: found?.optional === false, port };
  };
  if (direct.inputs !== undefined) return direct.inputs.map((port) => inputOf(port.name, port));
  const isFed = ({ feed }: ExpressInput): boolean => feed.end > feed.start || feed.otherwise !== undefined;
  return node.ports.map((port) => inputOf(port.name, undefined)).filter(isFed);
}

/** What the class declares first, as it checks it first. */
function outputsOf(node: PlanNode, direct: DirectStep): readonly ExpressOutput[] {
  const planned = new Map(node.outPorts.map((port) => [port.name, port]));
  const declared = direct.outputs ?? [];
  const others = node.outPorts.filter((port) => !declared.some(({ name }) => name === port.name));
  return [
    ...declared.map((port) => outputOf(port.name, planned.get(port.name), port)),
    ...others.map((port) => outputOf(port.name, port, undefined)),
  ];
}

function outputOf(name: string, planned: PlanOutPort | undefined, port: DirectPort | undefined): ExpressOutput {
  const schema = planned?.schema === true ? undefined : planned?.schema;
  const only = typeof schema === "object" && Object.keys(schema).length === 1 ? schema["type"] : undefined;
  return {
    name,
    optional: planned === undefined || planned.optional || port === undefined,
    port,
    schema,
    type: only === "number" || only === "string" || only === "boolean" ? only : undefined,
  };
}
