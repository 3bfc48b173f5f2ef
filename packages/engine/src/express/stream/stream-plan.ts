import type { DirectPort, DirectStep } from "../../contracts/direct-step.js";
import type { Json, JsonSchema } from "../../contracts/json.js";
import type { Finding } from "../../kernel/event.js";
import { shapesOf } from "../../kernel/queues/queue-shape.js";
import { type Topology, topologyOf } from "../../kernel/topology.js";
import type { Plan, PlanNode, WorkflowPlan } from "../../plan/plan.js";
import type { ExpressOutput, ExpressStep, FindDirect } from "../express-plan.js";
import { portsAgree, stepOf } from "../express-plan.js";
import { isStreamEligible, portOf } from "./stream-eligible.js";

/** Where the values of a port go: over one link, or into a queue whose items go to the slots in turn. */
export type StreamRoute = {
  /** -1: a plain link. */
  readonly queue: number;
  readonly slots: Int32Array;
  /** The same, each once. */
  readonly targets: Int32Array;
  /** What the targets of a queue ask of an item. */
  readonly schemas: readonly JsonSchema[];
};

export type StreamPort = {
  /** Over all ports of the plan. */
  readonly number: number;
  /** Among those of its node. */
  readonly place: number;
  readonly name: string;
  /** What is asked of a value; undefined: nothing. */
  readonly output: ExpressOutput | undefined;
  readonly routes: readonly StreamRoute[];
  /** Queues among them. */
  readonly queues: readonly number[];
  /** By position in the node's `outLinks`: what is found when only this port has a value. */
  readonly findings: readonly Finding[];
};

export type StreamInput = {
  readonly name: string;
  /** Position among the node's slots; -1: no link brings it anything. */
  readonly slot: number;
  readonly otherwise: Json | undefined;
  readonly port: DirectPort | undefined;
};

/** A port without which, if nothing comes, its node does not take place. */
export type StreamDemand = { readonly port: string; readonly slot: number; readonly reason: string };

export type StreamNode = {
  readonly node: number;
  readonly name: string;
  /** Undefined: a unit or an output. */
  readonly step: ExpressStep | undefined;
  /** Takes place only when somebody else takes the run over. */
  readonly isLetters: boolean;
  readonly isOutput: boolean;
  /** A unit that is given nothing lacks something. */
  readonly isGiven: boolean;
  /** An attempt that gives nothing at all is as it should be. */
  readonly mayGiveNothing: boolean;
  /** Slots that give up a token to each activation, in the order of its ports. */
  readonly slots: Int32Array;
  readonly inputs: readonly StreamInput[];
  /** Nothing stands in for what is missing there. In the order of the plan. */
  readonly demands: readonly StreamDemand[];
  readonly ports: readonly StreamPort[];
  /** Those that links start from. */
  readonly linked: readonly StreamPort[];
  readonly portsByName: ReadonlyMap<string, StreamPort>;
  /** The port of the only value that the step is known to give. */
  readonly only: StreamPort | undefined;
  readonly width: number;
  readonly most: number;
  /** The first of its numbers among the kinds of records. */
  readonly op: number;
};

/** A plan whose nodes take place many times, in the form in which it is run without deciding anything. */
export type StreamPlan = {
  readonly kind: "stream";
  readonly plan: Plan;
  readonly workflow: WorkflowPlan;
  readonly nodes: readonly StreamNode[];
  /** By slot: the node, and the queue that fills it, or -1. */
  readonly slotNode: Int32Array;
  readonly slotQueue: Int32Array;
  /** By queue. */
  readonly capacity: Float64Array;
  /** By node: its turn among those that are ready. By turn: the node. */
  readonly turn: Int32Array;
  readonly byTurn: Int32Array;
  /** By kind of record: the node. 0: none. */
  readonly opNode: Int32Array;
  readonly portCount: number;
  readonly letters: number;
  /** Results of some steps may come from a cache, where the run uses one. */
  readonly caches: boolean;
};

/** Kinds of records of a step, counted from its `op`; those of its ports follow. */
export const STARTED = 0;
export const ENDED = 1;
export const ENDED_EMPTY = 2;
export const ENDED_SEVERAL = 3;
export const SKIPPED = 4;
export const EMITTED = 5;
/** Kinds of records of a unit. */
export const UPDATED = 0;
export const UPDATED_EMPTY = 1;
export const UNIT_SKIPPED = 2;
const UNIT_OPS = 3;

/** The kind of record that says that the clock has moved. */
export const TICK = 0;

/** Undefined: something in the plan takes the whole engine. */
export function streamPlan(
  plan: Plan,
  find: FindDirect,
  isChecked: (schema: JsonSchema) => boolean,
): StreamPlan | undefined {
  const workflow = plan.workflows[0];
  if (workflow === undefined || !isStreamEligible(plan, workflow, isChecked)) return undefined;
  const topology = topologyOf(workflow);
  const drawn: Drawn = { workflow, topology, op: TICK + 1, ports: 0, slots: numberSlots(topology) };
  const nodes: StreamNode[] = [];
  for (const [index, node] of workflow.nodes.entries()) {
    const direct = node.step?.component === undefined ? undefined : find(node.step.component);
    if (node.step !== undefined && (direct === undefined || !portsAgree(node, direct))) return undefined;
    nodes.push(nodeOf(drawn, node, index, direct));
  }
  if (nodes.some(({ ports }) => ports.some(meetsTwice))) return undefined;
  const opNode = new Int32Array(drawn.op);
  for (const { op, node, step, ports } of nodes) opNode.fill(node, op, op + opsOf(step, ports.length));
  const byTurn = new Int32Array(nodes.length);
  for (let node = 0; node < nodes.length; node++) byTurn[topology.priority[node] ?? 0] = node;
  return {
    ...{ kind: "stream", plan, workflow, nodes, opNode, byTurn, turn: topology.priority, portCount: drawn.ports },
    slotNode: Int32Array.from(drawn.slots.links, (link) => topology.target[link] ?? 0),
    slotQueue: Int32Array.from(drawn.slots.links, (link) => workflow.links[link]?.queue ?? -1),
    capacity: Float64Array.from(workflow.queues, ({ capacity }) => capacity),
    letters: nodes.filter(({ isLetters }) => isLetters).length,
    caches: workflow.nodes.some(({ step }) => step !== undefined && step.cache !== "off"),
  };
}

/** Two links of one port into one line: what comes between them is told by links alone. */
function meetsTwice({ routes }: StreamPort): boolean {
  const slots = routes.flatMap(({ targets }) => [...targets]);
  return new Set(slots).size < slots.length;
}

/** Slots from 0, by the first link of each; and the slot of each link. */
type NumberedSlots = { readonly links: readonly number[]; readonly ofLink: Int32Array };

function numberSlots({ slotOf }: Topology): NumberedSlots {
  const links: number[] = [];
  const ofLink = new Int32Array(slotOf.length).fill(-1);
  for (let link = 0; link < slotOf.length; link++) if (slotOf[link] === link) ofLink[link] = links.push(link) - 1;
  for (let link = 0; link < slotOf.length; link++) ofLink[link] = ofLink[slotOf[link] ?? -1] ?? -1;
  return { links, ofLink };
}

/** Numbers given so far. */
type Drawn = {
  readonly workflow: WorkflowPlan;
  readonly topology: Topology;
  readonly slots: NumberedSlots;
  op: number;
  ports: number;
};

function opsOf(step: unknown, ports: number): number {
  return step === undefined ? UNIT_OPS : EMITTED + ports;
}

function nodeOf(drawn: Drawn, node: PlanNode, index: number, direct: DirectStep | undefined): StreamNode {
  const step = direct && stepOf({ workflow: drawn.workflow, nodes: [], ports: [] }, node, index, direct);
  const slots = node.ports.flatMap(({ links }) => [...new Set(links.map((link) => drawn.slots.ofLink[link] ?? -1))]);
  const ports = portsOf(drawn, node, step);
  const { op } = drawn;
  drawn.op += opsOf(step, ports.length);
  const portsByName = new Map(ports.map((port) => [port.name, port]));
  return {
    ...{ node: index, name: node.name, step, isLetters: node.unit?.letters !== undefined, op, ports, portsByName },
    isOutput: node.kind === "output",
    isGiven: node.ports[0]?.links.length === 0 && !node.ports[0].optional,
    mayGiveNothing: step?.outputs.every(({ port, optional }) => port === undefined && optional) === true,
    linked: ports.filter(({ routes }) => routes.length > 0),
    demands: demandsOf(drawn, node, slots),
    slots: Int32Array.from(slots),
    inputs: inputsOf(drawn, node, slots, step),
    only: step === undefined ? ports[0] : step.only && portsByName.get(step.only.name),
    width: drawn.topology.width[index] ?? 1,
    most: drawn.topology.most[index] ?? 1,
  };
}

function inputsOf(
  drawn: Drawn,
  node: PlanNode,
  slots: readonly number[],
  step: ExpressStep | undefined,
): readonly StreamInput[] {
  const asked = step === undefined ? [{ name: "value", port: undefined }] : step.inputs;
  return asked.map(({ name, port }) => {
    const planned = node.ports.find((one) => one.name === name);
    const link = planned?.links[0];
    const slot = link === undefined ? -1 : slots.indexOf(drawn.slots.ofLink[link] ?? -1);
    const preset = planned?.default;
    return { name, slot, port, otherwise: preset !== undefined && "json" in preset ? preset.json : undefined };
  });
}

function demandsOf({ workflow, slots }: Drawn, node: PlanNode, own: readonly number[]): readonly StreamDemand[] {
  return node.ports.flatMap((port): StreamDemand[] => {
    if (port.optional || port.default !== undefined || port.links.length === 0) return [];
    const names = port.links.map((link) => workflow.links[link]?.name ?? "").join(", ");
    const several = port.merge === "each" && port.links.length > 1 ? "one of " : "";
    const slot = own.indexOf(slots.ofLink[port.links[0] ?? -1] ?? -1);
    return [{ port: port.name, slot, reason: `nothing came over ${several}${names}` }];
  });
}

/** All that links start from, and all that the class declares. */
function portsOf(drawn: Drawn, node: PlanNode, step: ExpressStep | undefined): readonly StreamPort[] {
  const { links } = drawn.workflow;
  const linked = node.outLinks.map((link) => links[link]?.from.port ?? "");
  const names = new Set([...linked, ...(step === undefined ? ["value"] : step.outputs.map(({ name }) => name))]);
  return [...names].map((name, place): StreamPort => {
    const routes = routesOf(drawn, node, name);
    return {
      ...{ number: drawn.ports++, place, name, routes },
      output: step?.outputs.find((output) => output.name === name),
      queues: routes.flatMap(({ queue }) => (queue < 0 ? [] : [queue])),
      findings: node.outLinks.map((link) => foundOn(drawn.workflow, link, name)),
    };
  });
}

function foundOn({ links }: WorkflowPlan, link: number, port: string): Finding {
  const planned = links[link];
  if (planned?.from.port !== port) return 0;
  return planned.queue === undefined ? 1 : { queued: 1, each: false };
}

function routesOf({ workflow, slots }: Drawn, { outLinks }: PlanNode, port: string): readonly StreamRoute[] {
  return outLinks.flatMap((link): StreamRoute[] => {
    const planned = workflow.links[link];
    if (planned === undefined || planned.from.port !== port) return [];
    const slotOf = (one: number): number => slots.ofLink[one] ?? 0;
    const { queue } = planned;
    if (queue === undefined) return [{ queue: -1, ...routed([slotOf(link)]), schemas: [] }];
    const links = workflow.queues[queue]?.links ?? [];
    // The first link of a queue stands for it.
    if (links[0] !== link) return [];
    const pattern = shapesOf(workflow).queues[queue]?.pattern ?? Int32Array.of(0);
    const schemas = links.flatMap((one) => schemasOf(workflow, one));
    return [{ queue, ...routed(Array.from(pattern, (target) => slotOf(links[target] ?? link))), schemas }];
  });
}

function routed(slots: readonly number[]): Pick<StreamRoute, "slots" | "targets"> {
  return { slots: Int32Array.from(slots), targets: Int32Array.from(new Set(slots)) };
}

function schemasOf(workflow: WorkflowPlan, link: number): readonly JsonSchema[] {
  const planned = workflow.links[link];
  const schema = planned === undefined ? undefined : portOf(workflow, planned).schema;
  return schema === undefined || schema === true ? [] : [schema];
}
