import type { Json, JsonObject } from "../contracts/json.js";
import type { ErrorHandlingName, MergeName, StrategyName } from "../document/document.js";
import type { PlanQueue, PlanTrigger, WorkflowPlan } from "../plan/plan.js";

export type PortSpec = {
  readonly merge?: MergeName;
  readonly optional?: boolean;
  readonly default?: Json;
  readonly hold?: boolean;
};

export type StepSpec = {
  readonly after?: readonly string[];
  /** Name of another workflow of the same list: a nested workflow. */
  readonly workflow?: string;
  /** Ports that links name need no entry. */
  readonly ports?: { readonly [port: string]: PortSpec };
  readonly forEach?: {
    readonly over: string;
    readonly as?: string;
    readonly concurrency?: number;
    readonly maxFailures?: number;
  };
  /** Config of the component. */
  readonly config?: JsonObject;
  /** The component is code of the user's own. */
  readonly module?: boolean;
  /** Config of the fallback's component. */
  readonly fallback?: JsonObject;
  /** Written on the step itself. */
  readonly handling?: ErrorHandlingName;
  readonly maxRetries?: number;
  readonly retryDelayMs?: number;
  readonly timeoutMs?: number;
  readonly whenAbsent?: "skip" | "fail";
  readonly executor?: string;
  readonly concurrency?: number;
  readonly maxActivations?: number;
  /** `carry`: input ports by output port. Default: one round more at most, what it gives is accepted. */
  readonly repeat?: {
    readonly until?: string;
    readonly max?: number;
    readonly carry?: { readonly [output: string]: string };
    readonly onMax?: "accept" | "fail";
  };
  readonly waits?: "time" | "person";
  readonly onTimeout?: Json;
  readonly checkpoint?: boolean;
  /** Config of the component that undoes it. */
  readonly onRollback?: JsonObject;
};

/** `link`: `a.x => b.in, c.in`. What it gave up leaves by the unit `NAME.dead_letters`. */
export type QueueSpec = Partial<
  Pick<PlanQueue, "each" | "capacity" | "balance" | "weights" | "key" | "maxDeliveries">
> & { readonly link: string };

export type TriggerSpec = Partial<
  Pick<PlanTrigger, "mode" | "debounceMs" | "coalesce" | "condition" | "windowMs" | "rearmMs" | "progress">
> & {
  readonly kind: PlanTrigger["kind"];
  /**
   * Steps, as `step` or `step.port`. The port gets the payload, or the first watched value. Without one, watched values go to the
   * ports of their units' names, a payload to the port of the trigger's name, where the step has them.
   */
  readonly targets?: readonly string[];
  /** Units, or ports as `step.port`. */
  readonly watch?: readonly string[];
  readonly timer?: Partial<NonNullable<PlanTrigger["timer"]>>;
  /** Names of other triggers of the workflow. */
  readonly members?: readonly string[];
};

/**
 * A workflow in few words. Links are `a.x -> b.y`, a unit or output without a port. Behind them may stand ` ? CONDITION` (a gate),
 * ` ! CONDITION` (a gate that fails when closed) or ` | NAME` (a transform).
 */
export type WorkflowSpec = {
  readonly name?: string;
  readonly strategy?: StrategyName;
  readonly handling?: ErrorHandlingName;
  readonly maxRetries?: number;
  readonly retryDelayMs?: number;
  readonly timeoutMs?: number;
  readonly rollbackOnFailure?: boolean;
  readonly completion?: WorkflowPlan["completion"];
  readonly checkpointIntervalMs?: number;
  readonly preservePartialResults?: boolean;
  readonly inputs?: { readonly [unit: string]: PortSpec };
  /** Units that the outside alone sets; ports linked from them keep their last value. */
  readonly parameters?: { readonly [unit: string]: PortSpec };
  readonly units?: { readonly [unit: string]: PortSpec };
  readonly steps: { readonly [step: string]: StepSpec };
  readonly outputs?: { readonly [output: string]: PortSpec };
  readonly links: readonly string[];
  readonly queues?: { readonly [name: string]: QueueSpec };
  readonly triggers?: { readonly [name: string]: TriggerSpec };
};

export type LinkEnd = { readonly name: string; readonly port: string };
export type LinkSpec = {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly condition?: string;
  readonly otherwise?: "skip" | "fail";
  readonly transform?: string;
  /** Name of the queue it is a part of. */
  readonly queue?: string;
};

export function parseLink(text: string): LinkSpec {
  const found = /^(\S+) -> (\S+)(?: ([?!|]) (.+))?$/.exec(text);
  const [, from = "", to = "", mark, rest = ""] = found ?? [];
  const ends = { from: parseEnd(from), to: parseEnd(to) };
  if (mark === "|") return { ...ends, transform: rest };
  if (mark === undefined) return ends;
  return { ...ends, condition: rest, otherwise: mark === "?" ? "skip" : "fail" };
}

/** One link for each target of a queue. */
export function parseQueue(name: string, spec: QueueSpec): readonly LinkSpec[] {
  const [from = "", targets = ""] = spec.link.split(" => ");
  return targets.split(", ").map((to) => ({ from: parseEnd(from), to: parseEnd(to), queue: name }));
}

/** The unit of what a queue gave up has a name with a point in it. */
const letters = ".dead_letters";

export function lettersOf(queue: string): string {
  return `${queue}${letters}`;
}

export function parseEnd(text: string): LinkEnd {
  if (text.endsWith(letters)) return { name: text, port: "value" };
  const [name = "", port = "value"] = text.split(".");
  return { name, port };
}
