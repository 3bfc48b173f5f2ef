import type { Json, JsonObject } from "../contracts/json.js";
import type { ErrorHandlingName, MergeName, StrategyName } from "../document/document.js";

export type PortSpec = { readonly merge?: MergeName; readonly optional?: boolean; readonly default?: Json };

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
  readonly inputs?: { readonly [unit: string]: PortSpec };
  readonly units?: { readonly [unit: string]: PortSpec };
  readonly steps: { readonly [step: string]: StepSpec };
  readonly outputs?: { readonly [output: string]: PortSpec };
  readonly links: readonly string[];
};

export type LinkEnd = { readonly name: string; readonly port: string };
export type LinkSpec = {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly condition?: string;
  readonly otherwise?: "skip" | "fail";
  readonly transform?: string;
};

export function parseLink(text: string): LinkSpec {
  const found = /^(\S+) -> (\S+)(?: ([?!|]) (.+))?$/.exec(text);
  const [, from = "", to = "", mark, rest = ""] = found ?? [];
  const ends = { from: parseEnd(from), to: parseEnd(to) };
  if (mark === "|") return { ...ends, transform: rest };
  if (mark === undefined) return ends;
  return { ...ends, condition: rest, otherwise: mark === "?" ? "skip" : "fail" };
}

function parseEnd(text: string): LinkEnd {
  const [name = "", port = "value"] = text.split(".");
  return { name, port };
}
