import { createRegistry } from "../components/registry.js";
import type {
  ComponentDefinition,
  NamedFunction,
  Pack,
  PortDeclaration,
  StepDefinition,
} from "../contracts/component.js";
import type { Diagnostic } from "../document/diagnostic.js";
import { loadDocument } from "../document/load-document.js";
import { memoryReader } from "../document/memory-reader.js";
import { type CompiledPlan, compilePlan, type PlanOptions } from "../plan/compile-plan.js";

export type CompileTextOptions = Partial<PlanOptions> & {
  /** Further files of the project, by path. */
  readonly files?: { readonly [path: string]: string };
  readonly environment?: { readonly [name: string]: string };
  readonly packs?: readonly Pack[];
  readonly definitions?: readonly ComponentDefinition[];
  readonly functions?: { readonly [name: string]: NamedFunction };
};

/** Loads and compiles the text of a document, `workflow.yml`, with its diagnostics of both rooms. */
export async function compileText(text: string, options: CompileTextOptions = {}): Promise<CompiledPlan> {
  const files = { "workflow.yml": text, ...options.files };
  const reader = memoryReader(files, options.environment ?? {});
  const { packs = [], definitions = [], functions = {} } = options;
  const registry = createRegistry({ packs, definitions, functions });
  const loaded = loadDocument("workflow.yml", reader, { defaults: (name) => registry.defaults(name) });
  if (loaded.document === undefined) return { diagnostics: loaded.diagnostics };
  const { plan, diagnostics } = await compilePlan(loaded.document, registry, {
    modules: true,
    fileExists: (path) => reader.exists(path),
    readSchema: (path) => (Object.hasOwn(files, path) ? (files as { [path: string]: string })[path] : undefined),
    ...options,
  });
  const all: readonly Diagnostic[] = [...loaded.diagnostics, ...diagnostics];
  const failed = plan === undefined || loaded.diagnostics.some((one) => one.severity === "error");
  return failed ? { diagnostics: all } : { plan, diagnostics: all };
}

type Ports = { readonly [port: string]: PortDeclaration };

/** A class of steps with the given ports, any config, and a result of nothing. */
export function standInStep(
  className: string,
  inputs: Ports | "open",
  outputs: Ports | "open",
  more: Partial<StepDefinition> = {},
): StepDefinition {
  return {
    kind: "step",
    class: className,
    version: "1",
    summary: "Stands in.",
    config: (zod) => zod.looseObject({}),
    ports: () => ({
      inputs: inputs === "open" ? {} : inputs,
      outputs: outputs === "open" ? {} : outputs,
      openInputs: inputs === "open",
      openOutputs: outputs === "open",
    }),
    effects: false,
    executor: "local",
    run: () => Promise.resolve({}),
    ...more,
  };
}
