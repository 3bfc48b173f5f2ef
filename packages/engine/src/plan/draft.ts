import type { StepPorts } from "../contracts/component.js";
import type { ComponentCall } from "../contracts/executor.js";
import type { Json, JsonSchema } from "../contracts/json.js";
import type { MergeName, Path, StepEntry } from "../document/document.js";
import type { PlanLink, PlanNode, PlanQueue } from "./plan.js";

/** A plan in the making: ports and wires may still be added. */
export type PortDraft = {
  readonly name: string;
  optional: boolean;
  default?: { readonly value: Json };
  /** Set by the document for good: no link may lead here. */
  constant: boolean;
  hold: boolean;
  merge: MergeName;
  schema?: JsonSchema;
  /** The class marks it as the port for what fires the step. */
  trigger: boolean;
  /** Incoming links, in document order. */
  readonly links: number[];
  /** Where the document speaks of the port, if it does. */
  path?: Path;
};

export type OutDraft = {
  readonly name: string;
  readonly optional: boolean;
  /** Not given by a workflow that declares no outputs. */
  readonly onDemand?: boolean;
  /** Of one attempt's result. */
  readonly schema?: JsonSchema;
  /** What links see: a list of it, where the step is mapped. */
  readonly carried?: JsonSchema;
};

export type StepDraft = {
  readonly entry: StepEntry;
  readonly component?: ComponentCall;
  readonly workflow?: number;
  readonly fallback?: ComponentCall;
  /** Of the step's class and of its fallback's. */
  readonly standIn?: { readonly declared: StepPorts; readonly fallback: StepPorts };
  readonly onRollback?: ComponentCall;
  readonly effects: boolean;
  readonly executor: "local" | "thread" | "process";
};

export type NodeDraft = {
  readonly index: number;
  readonly name: string;
  readonly kind: PlanNode["kind"];
  readonly path: Path;
  readonly ports: Map<string, PortDraft>;
  readonly outs: Map<string, OutDraft>;
  readonly openInputs: boolean;
  readonly openOutputs: boolean;
  /** False: the class or config has faults, so nothing is said about its ports. */
  readonly known: boolean;
  readonly outLinks: number[];
  readonly dependsOn: number[];
  /** Output ports that links or `outputs:` name. */
  readonly namedOuts: Set<string>;
  /** Who gives it values: its links, the outside only, or a queue that gave items up. */
  readonly setBy: "links" | "outside" | "queue";
  /** A trigger fires it. */
  triggered: boolean;
  readonly unit?: NonNullable<PlanNode["unit"]>;
  readonly step?: StepDraft;
};

export type LinkDraft = {
  readonly name: string;
  readonly kind: PlanLink["kind"];
  readonly path: Path;
  readonly sourcePath: Path;
  readonly targetPath: Path;
  readonly from: PlanLink["from"];
  readonly to: PlanLink["to"];
  readonly condition?: string;
  readonly otherwise?: "skip" | "fail";
  readonly transform?: ComponentCall;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  /** What is known of a transform's result: its output schema, else what follows from the source's. */
  readonly result?: JsonSchema;
  /** Queue: the items of a list travel one by one. */
  readonly each: boolean;
  /** Queue: its position in `Draft.queues`. */
  readonly queue?: number;
};

/** A queue in the making; its links are entered as they are wired. */
export type QueueDraft = Omit<PlanQueue, "links"> & { readonly path: Path; readonly links: number[] };

/** One workflow's nodes and links while they are wired. Names of outputs are apart: an input unit may have the same. */
export type Draft = {
  readonly nodes: NodeDraft[];
  readonly links: LinkDraft[];
  readonly queues: QueueDraft[];
  /** Units and steps by name. */
  readonly byName: Map<string, NodeDraft>;
  readonly outputsByName: Map<string, NodeDraft>;
  /** A link or trigger had faults, so what looks unfed may not be. */
  incomplete: boolean;
};

export function newPort(name: string, given: Partial<Omit<PortDraft, "name" | "links">> = {}): PortDraft {
  return { name, optional: false, constant: false, hold: false, merge: "single", trigger: false, ...given, links: [] };
}
