import type { Registry } from "../contracts/component.js";
import type { JsonObject } from "../contracts/json.js";
import { budgets } from "../document/budgets.js";
import type { Diagnostic } from "../document/diagnostic.js";
import type { StepEntry, WorkflowDocument } from "../document/document.js";
import { type Compilation, type PlanOptions, type Scope, warn } from "./compilation.js";
import { compileWorkflow } from "./compile-workflow.js";
import { resolveExecutor } from "./executors.js";
import { resolveHooks } from "./hooks.js";
import type { Plan, WorkflowPlan } from "./plan.js";
import { planHash } from "./plan-hash.js";
import { plannedDemands, plannedPools } from "./pools.js";
import { resolveClass } from "./resolve-class.js";
import type { Nested } from "./step-nodes.js";

export type { PlanOptions } from "./compilation.js";

export type CompiledPlan = {
  /** Absent if the document has faults. */
  readonly plan?: Plan;
  /** Faults and warnings, by file and line. */
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * Turns a document into a plan, or into all that is wrong with it. Classes are looked up in the registry and never
 * imported by name; nothing outside is touched but what `options` offers. The same document, registry and options give
 * the same plan, byte for byte.
 */
export async function compilePlan(
  document: WorkflowDocument,
  registry: Registry,
  options: PlanOptions,
): Promise<CompiledPlan> {
  const compilation = await begin(registry, options);
  const root = options.strategy === undefined ? document : { ...document, strategy: options.strategy };
  const workflows = await compileTree(compilation, root);
  if (!workflows.some((workflow) => workflow.restorable))
    checkUndoing({ compilation, document: root, executor: undefined });
  const hooks = await resolveHooks({ compilation, document: root, executor: undefined });
  const diagnostics = inOrder(compilation.diagnostics);
  if (diagnostics.some((one) => one.severity === "error")) return { diagnostics };
  const warnings = diagnostics.filter((one) => one.severity === "warning");
  const unhashed = { ...assemble(compilation, root, workflows), hooks };
  return { plan: { ...unhashed, hash: planHash(unhashed, options.hash), warnings }, diagnostics };
}

/** Names looked at for did-you-mean, over all faults. */
const MAX_COMPARED = 100_000;

async function begin(registry: Registry, options: PlanOptions): Promise<Compilation> {
  return {
    registry,
    zod: await registry.zod(),
    options,
    diagnostics: [],
    configSchemas: new Map(),
    pools: new Map(),
    demands: new Map(),
    executors: new Map(),
    standIns: new Set(),
    diagnosticsLeft: { error: budgets.diagnostics, warning: budgets.diagnostics },
    nearestLeft: MAX_COMPARED,
  };
}

/** The root and the workflows nested in it, each document once, in the order they are met. */
async function compileTree(compilation: Compilation, root: WorkflowDocument): Promise<readonly WorkflowPlan[]> {
  const workflows: WorkflowPlan[] = [];
  const known = new Map<WorkflowDocument, Nested>();
  const compile = async (document: WorkflowDocument, outer: Scope | undefined): Promise<Nested> => {
    const found = known.get(document);
    if (found !== undefined) return found;
    const index = reserved++;
    const scope = await scopeOf(compilation, document, outer);
    const nested = (entry: StepEntry) =>
      entry.workflow === undefined ? Promise.resolve(undefined) : compile(entry.workflow, scope);
    const { plan, ports } = await compileWorkflow(scope, nested);
    workflows[index] = plan;
    const made = { workflow: index, ports };
    known.set(document, made);
    return made;
  };
  let reserved = 0;
  await compile(root, undefined);
  return workflows;
}

/** What a step has for being rolled back, where nothing ever is. */
function checkUndoing(scope: Scope): void {
  for (const { name, path, onRollback } of scope.document.steps) {
    if (onRollback === undefined) continue;
    const message = `on_rollback of ${name} never runs: nothing here is rolled back`;
    const hint = "set error_handling: rollback on the step or the workflow";
    warn(scope, "W_CONFLICT", [...path, "on_rollback"], message, { hint, part: "key" });
  }
}

/** The caller's executor, else the document's own, else the outer document's. */
async function scopeOf(compilation: Compilation, document: WorkflowDocument, outer: Scope | undefined): Promise<Scope> {
  const bare: Scope = { compilation, document, executor: outer?.executor };
  await resolveClass(bare, { className: document.className, config: {}, path: [], configPath: [] }, "workflow");
  const wanted = compilation.options.executor ?? document.executor;
  if (wanted === undefined || (outer !== undefined && compilation.options.executor !== undefined)) return bare;
  const executor = await resolveExecutor(bare, wanted, ["executor"]);
  return executor === undefined ? bare : { ...bare, executor };
}

type Unhashed = Omit<Plan, "hash" | "warnings" | "hooks">;

function assemble(compilation: Compilation, root: WorkflowDocument, workflows: readonly WorkflowPlan[]): Unhashed {
  return {
    format: 1,
    name: root.name,
    ...(root.description === undefined ? {} : { description: root.description }),
    file: root.file,
    workflows,
    pools: plannedPools(compilation.pools),
    demands: plannedDemands(compilation.pools, compilation.demands),
    executors: Object.fromEntries([...compilation.executors].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(compilation.standIns.size === 0 ? {} : { standIns: [...compilation.standIns] }),
    monitoring: root.monitoring satisfies JsonObject,
  };
}

/** By file, line and column; the same thing once. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map<string, Diagnostic>();
  for (const one of diagnostics) {
    const key = JSON.stringify([one.file, one.line, one.column, one.code, one.message, one.path]);
    if (!once.has(key)) once.set(key, one);
  }
  const files = new Map<string, number>();
  for (const one of once.values()) if (!files.has(one.file)) files.set(one.file, files.size);
  const place = (one: Diagnostic) => files.get(one.file) ?? 0;
  return [...once.values()].sort((a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column);
}
