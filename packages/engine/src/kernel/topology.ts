import type { PlanNode, PlanPort, PlanStep, WorkflowPlan } from "../plan/plan.js";
import { type QueueShapes, shapesOf } from "./queues/queue-shape.js";
import {
  type Lanes,
  type LinkEnds,
  linkEnds,
  orderNodes,
  type PlacedSlots,
  placeSlots,
  urgentFirst,
} from "./topology-parts.js";

/**
 * What the kernel needs of a workflow's shape, as flat integer arrays made once per plan and shared by all its runs.
 * Node and link numbers are those of the WorkflowPlan.
 */
export type Topology = PlacedSlots &
  LinkEnds &
  Lanes & {
    readonly workflow: WorkflowPlan;
    /** 1: all values that come to it are collected until nothing else will come. */
    readonly collects: Uint8Array;
    readonly triggered: Uint8Array;
    /** 1: what its links carry is found out by an errand when its cells are done. */
    readonly gathers: Uint8Array;
    /** 1: a step with one attempt after the other and nothing else: no map, no loop, no child run, no trigger. */
    readonly plain: Uint8Array;
    /** 1: whenever it may begin and all its tokens are values, it can start: nothing else has to be looked at. */
    readonly easy: Uint8Array;
    /** 1: each of its ports gets the value of the one link that feeds it. */
    readonly straight: Uint8Array;
    /** Whether its end asks for a checkpoint: 1 as its document says so, 2 as all steps of its run do. */
    readonly marks: Uint8Array;
    /** Activations at once. */
    readonly width: Int32Array;
    /** Activations ever. */
    readonly most: Float64Array;
    /** By unit: the queue whose dead letters it gives, or -1. */
    readonly letters: Int32Array;
    /** Nodes in topological order, and the place of each in it. */
    readonly byRank: Int32Array;
    readonly rank: Int32Array;
    /** `dependsOn` nodes that must settle first. */
    readonly depends: Int32Array;
    /** Nodes that depend on a node: `dependentsOf[dependentsStart[i] .. dependentsStart[i + 1])`. */
    readonly dependentsStart: Int32Array;
    readonly dependentsOf: Int32Array;
    /** Lower goes first, by the workflow's strategy. */
    readonly priority: Int32Array;
    /** 1: values on all links do not yet mean that the node can start, as a port has no feed, or two that exclude each other. */
    readonly doubtful: Uint8Array;
    readonly shapes: QueueShapes;
  };

const known = new WeakMap<WorkflowPlan, Topology>();

export function topologyOf(workflow: WorkflowPlan): Topology {
  const found = known.get(workflow);
  if (found !== undefined) return found;
  const made = makeTopology(workflow);
  known.set(workflow, made);
  return made;
}

/** The same shape, with an order that a run was given when it began. */
export function withUrgency(topology: Topology, urgency: readonly number[] | undefined): Topology {
  if (urgency === undefined || topology.workflow.strategy !== "graph") return topology;
  return { ...topology, priority: urgentFirst(topology.byRank, urgency) };
}

function makeTopology(workflow: WorkflowPlan): Topology {
  const { nodes } = workflow;
  const slots = placeSlots(workflow, isCollecting);
  const traits = traitsOf(workflow);
  return {
    workflow,
    ...slots,
    ...linkEnds(workflow),
    ...orderNodes(workflow),
    ...traits,
    ...dependents(nodes),
    shapes: shapesOf(workflow),
  };
}

type Traits = Pick<
  Topology,
  | "collects"
  | "triggered"
  | "gathers"
  | "plain"
  | "easy"
  | "straight"
  | "marks"
  | "width"
  | "most"
  | "letters"
  | "doubtful"
>;

function traitsOf(workflow: WorkflowPlan): Traits {
  const { nodes } = workflow;
  const bytes = () => new Uint8Array(nodes.length);
  const traits: Traits = {
    collects: bytes(),
    triggered: bytes(),
    gathers: bytes(),
    plain: bytes(),
    easy: bytes(),
    straight: bytes(),
    marks: bytes(),
    width: new Int32Array(nodes.length),
    most: new Float64Array(nodes.length),
    letters: new Int32Array(nodes.length),
    doubtful: bytes(),
  };
  const everyStep = workflow.restorable && workflow.strategy === "sequential";
  for (let index = 0; index < nodes.length; index++) noteTraits(traits, nodes[index] as PlanNode, index, everyStep);
  return traits;
}

function noteTraits(traits: Traits, node: PlanNode, index: number, everyStep: boolean): void {
  const { step, unit, ports } = node;
  const collects = isCollecting(node);
  const triggered = step?.triggered === true;
  const doubtful = ports.some(isDoubtful);
  const gathers = step !== undefined && isGathering(step);
  traits.collects[index] = Number(collects);
  traits.triggered[index] = Number(triggered);
  traits.gathers[index] = Number(gathers);
  traits.plain[index] = Number(step !== undefined && !gathers && !triggered);
  traits.doubtful[index] = Number(doubtful);
  traits.easy[index] = Number(!collects && !triggered && !doubtful && unit?.letters === undefined);
  traits.straight[index] = Number(!triggered && ports.every(isStraight));
  if (step !== undefined) traits.marks[index] = step.checkpoint ? 1 : everyStep ? 2 : 0;
  traits.width[index] = step?.concurrency ?? 1;
  traits.most[index] = step?.maxActivations ?? Number.POSITIVE_INFINITY;
  traits.letters[index] = unit?.letters ?? -1;
}

function isCollecting(node: PlanNode): boolean {
  return node.step === undefined && node.ports.some((port) => port.merge === "collect");
}

function isGathering({ forEach, workflow, repeat, waits }: PlanStep): boolean {
  return forEach !== undefined || workflow !== undefined || repeat !== undefined || waits !== undefined;
}

function isDoubtful(port: PlanPort): boolean {
  return port.links.length === 0 ? port.default === undefined : port.merge === "single" && port.links.length > 1;
}

function isStraight({ links, merge }: PlanPort): boolean {
  return links.length === 1 && merge !== "list" && merge !== "collect";
}

type Dependents = Pick<Topology, "depends" | "dependentsStart" | "dependentsOf">;

function dependents(nodes: readonly PlanNode[]): Dependents {
  const depends = new Int32Array(nodes.length);
  const start = new Int32Array(nodes.length + 1);
  for (let index = 0; index < nodes.length; index++) {
    const { dependsOn } = nodes[index] as PlanNode;
    depends[index] = dependsOn.length;
    for (const before of dependsOn) start[before + 1] = (start[before + 1] ?? 0) + 1;
  }
  for (let i = 0; i < nodes.length; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const fill = start.slice();
  const of = new Int32Array(start[nodes.length] ?? 0);
  for (let index = 0; index < nodes.length; index++)
    for (const before of nodes[index]?.dependsOn ?? []) {
      const at = fill[before] ?? 0;
      of[at] = index;
      fill[before] = at + 1;
    }
  return { depends, dependentsStart: start, dependentsOf: of };
}
