import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Registry } from "../contracts/component.js";
import type { Diagnostic } from "../document/diagnostic.js";
import type { DocumentReader } from "../document/document.js";
import type { Plan } from "../plan/plan.js";
import { readCompiled, sha256, writeCompiled } from "./compiled-plans.js";
import { definitionReader } from "./definition/definition-reader.js";
import type { WorkflowDefinition } from "./definition/workflow-definition.js";
import type { Loaded, LoadOptions } from "./runtime.js";

export type LoadParts = {
  readonly registry: Registry;
  readonly project: string | undefined;
  readonly modules: boolean;
  readonly readerOf: (project: string) => DocumentReader;
  /** Folder of compiled plans; null: none is kept. */
  readonly compiled: string | null;
  readonly now: () => number;
};

/** Raised when plans get another shape: those kept before are then made anew. */
const PLAN_SHAPE = 2;

/** Document to plan. A compiled plan is used as long as nothing it was made of has changed: then neither YAML nor zod is loaded. */
export async function loadPlan(
  workflow: string | WorkflowDefinition<unknown, unknown>,
  options: LoadOptions,
  parts: LoadParts,
): Promise<Loaded> {
  const { full, project, reader } =
    typeof workflow === "string" ? atFile(workflow, options, parts) : inMemory(workflow, options, parts);
  const folder = options.compiled === false ? null : parts.compiled;
  const began = parts.now();
  const plan = folder === null ? undefined : readCompiled(folder, compiledKey(full, project, options, parts), reader);
  if (plan !== undefined) {
    const phases = { configuration: parts.now() - began, validation: 0, dependency: 0 };
    return { plan, diagnostics: plan.warnings, project, phases, compiled: true };
  }
  return compile(full, project, reader, options, parts, folder);
}

type Origin = { readonly full: string; readonly project: string; readonly reader: DocumentReader };

function atFile(file: string, options: LoadOptions, parts: LoadParts): Origin {
  const full = resolve(file);
  const folder = options.project ?? parts.project;
  const project = folder === undefined ? dirname(full) : resolve(folder);
  return { full, project, reader: parts.readerOf(project) };
}

/** A workflow built in TypeScript is read as a file that is not on disk. */
function inMemory(definition: WorkflowDefinition<unknown, unknown>, options: LoadOptions, parts: LoadParts): Origin {
  const project = resolve(options.project ?? parts.project ?? ".");
  const { file, reader } = definitionReader(definition, parts.readerOf(project));
  return { full: join(project, file), project, reader };
}

function compiledKey(full: string, project: string, options: LoadOptions, parts: LoadParts): string {
  const { set, strategy, executor } = options;
  return JSON.stringify([
    PLAN_SHAPE,
    full,
    project,
    set,
    strategy,
    executor,
    parts.modules,
    parts.registry.fingerprint,
  ]);
}

async function compile(
  full: string,
  project: string,
  reader: DocumentReader,
  options: LoadOptions,
  parts: LoadParts,
  folder: string | null,
): Promise<Loaded> {
  const began = parts.now();
  const { loadDocument } = await import("../document/load-document.js");
  const path = relative(project, full).split(sep).join("/");
  const loaded = loadDocument(path, reader, {
    defaults: (className) => parts.registry.defaults(className),
    ...(options.set === undefined ? {} : { set: options.set }),
  });
  const validated = parts.now();
  if (loaded.document === undefined) return failed(loaded.diagnostics, project, { configuration: validated - began });
  const { compilePlan } = await import("../plan/compile-plan.js");
  const files: { [file: string]: string | null } = { ...loaded.sources.files };
  const compiled = await compilePlan(
    loaded.document,
    parts.registry,
    planOptions(options, parts, reader, project, files),
  );
  const { orderDiagnostics } = await import("../document/faults.js");
  const diagnostics = orderDiagnostics([
    ...loaded.diagnostics,
    ...withoutEchoes(compiled.diagnostics, loaded.diagnostics),
  ]);
  const phases = { configuration: validated - began, validation: 0, dependency: parts.now() - validated };
  if (compiled.plan === undefined || diagnostics.some((found) => found.severity === "error"))
    return failed(diagnostics, project, phases);
  const plan: Plan = { ...compiled.plan, warnings: diagnostics };
  if (folder !== null) {
    const key = compiledKey(full, project, options, parts);
    writeCompiled(folder, key, reader, { ...loaded.sources, files }, plan);
  }
  return { plan, diagnostics, project, phases, compiled: false };
}

const ofReferences = ["E_ENV", "E_FILE_MISSING", "E_FILE_TYPE", "E_PATH", "E_INCLUDE_CYCLE"];

/** Where what a value refers to is faulty, the value is nothing: that it is of no type, or lacks keys, need not be said, too. */
function withoutEchoes(found: readonly Diagnostic[], earlier: readonly Diagnostic[]): readonly Diagnostic[] {
  const place = ({ file, path }: Diagnostic): string => `${file}\n${path}`;
  const faulty = new Set(earlier.filter(({ code }) => ofReferences.includes(code)).map(place));
  return found.filter((one) => !["E_TYPE", "E_MISSING"].includes(one.code) || !faulty.has(place(one)));
}

function planOptions(
  options: LoadOptions,
  parts: LoadParts,
  reader: DocumentReader,
  project: string,
  files: { [file: string]: string | null },
) {
  return {
    modules: parts.modules,
    hash: sha256,
    fileExists: (path: string) => reader.exists(path),
    readSchema: (path: string) => {
      const read = reader.read(path);
      files[path] = "bytes" in read ? sha256(read.bytes) : null;
      return "bytes" in read ? new TextDecoder().decode(read.bytes) : undefined;
    },
    codeHash: (path: string) =>
      existsSync(join(project, path)) ? sha256(readFileSync(join(project, path))) : undefined,
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    ...(options.executor === undefined ? {} : { executor: options.executor }),
  };
}

function failed(diagnostics: readonly Diagnostic[], project: string, phases: { [phase: string]: number }): Loaded {
  return { diagnostics, project, phases, compiled: false };
}
