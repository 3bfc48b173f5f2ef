import type { z } from "zod";
import type { ComponentDefinition, Registry, Zod } from "../contracts/component.js";
import type { JsonObject } from "../contracts/json.js";
import type { Diagnostic } from "../document/diagnostic.js";
import type { Path, StrategyName, WorkflowDocument } from "../document/document.js";

/** What compiling may ask of its caller. Paths are relative to the project folder. */
export type PlanOptions = {
  /** False: classes and functions of users' modules are refused. */
  readonly modules: boolean;
  /** sha-256 of a text, as hex digits; default: one in JavaScript, which is slower than the platform's. */
  readonly hash?: (text: string) => string;
  /** Replaces the root document's strategy. */
  readonly strategy?: StrategyName;
  /** Replaces every executor the documents name: local, thread, process or parsl. */
  readonly executor?: string;
  fileExists?(path: string): boolean;
  /** Text of a schema file named in a config. Undefined: it is not there. */
  readSchema?(path: string): string | undefined;
  /** Hash of a module's code and of what it imports by relative path. */
  codeHash?(path: string): string | undefined;
};

/** What all workflows of one plan share while it is made. */
export type Compilation = {
  readonly registry: Registry;
  readonly zod: Zod;
  readonly options: PlanOptions;
  readonly diagnostics: Diagnostic[];
  readonly configSchemas: Map<ComponentDefinition, z.ZodType>;
  /** Pool names in order of appearance, with the size the document sets or -1. */
  readonly pools: Map<string, number>;
  /** Distinct amounts steps take, by their text. */
  readonly demands: Map<string, { readonly index: number; readonly amounts: { readonly [pool: string]: number } }>;
  readonly executors: Map<string, JsonObject>;
  /** What is said of executors that are not there yet. */
  readonly standIns: Set<string>;
  readonly diagnosticsLeft: { error: number; warning: number };
  /** Names that did-you-mean may still look at: it costs names times names. */
  nearestLeft: number;
};

/** A document being compiled. */
export type Scope = {
  readonly compilation: Compilation;
  readonly document: WorkflowDocument;
  /** Executor of steps that name none, and whether a document chose it. */
  readonly executor: string | undefined;
};

export type FaultOptions = {
  readonly hint?: string;
  readonly part?: "key" | "value";
  readonly offset?: number;
  readonly length?: number;
};

export function fault(scope: Scope, code: string, path: Path, message: string, options: FaultOptions = {}): void {
  add(scope, "error", code, path, message, options);
}

export function warn(scope: Scope, code: string, path: Path, message: string, options: FaultOptions = {}): void {
  add(scope, "warning", code, path, message, options);
}

/** More than the bound of one severity are not kept: the first ones lead to the rest. */
function add(
  { compilation, document }: Scope,
  severity: "error" | "warning",
  code: string,
  path: Path,
  message: string,
  options: FaultOptions,
): void {
  const left = compilation.diagnosticsLeft;
  if (left[severity]-- > 0)
    compilation.diagnostics.push(document.places.diagnostic(severity, code, path, message, options));
}
