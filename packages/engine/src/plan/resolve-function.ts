import type { ComponentCall } from "../contracts/executor.js";
import type { JsonObject } from "../contracts/json.js";
import type { Path } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import { nameHint } from "./hint.js";
import { type ModuleExport, moduleExport, resolveModule } from "./resolve-module.js";

export const functionStepClass = "nanobrain.core.step.FunctionStep";

/** Where a named function is: registered (no module), or in the user's. */
export type ResolvedFunction = { readonly module?: ModuleExport };

/**
 * Finds a function: `./x.ts#name`, else a registered one, else an export of the document's module (which is not looked
 * into). Undefined: a fault, reported.
 */
export function resolveFunction(scope: Scope, name: string, at: Path): ResolvedFunction | undefined {
  const { registry } = scope.compilation;
  if (name.includes("#")) return fromModule(resolveModule(scope, name, at, "E_REF"));
  if (registry.function(name) !== undefined) return {};
  const module = scope.document.module;
  if (module !== undefined) return fromModule(moduleExport(scope, module, name, at, "E_REF"));
  const named = nameHint(scope.compilation, name, registry.functions());
  const field = at.at(-1) === "transform_function" ? `; a field of the value is $.${name}` : "";
  const hint = named.hint ?? `say module: ./file.ts in the document, or write ./file.ts#${name}${field}`;
  fault(scope, "E_REF", at, `Function "${name}" does not exist: it is not registered, and the document has no module`, {
    hint,
  });
  return undefined;
}

const fromModule = (module: ModuleExport | undefined): ResolvedFunction | undefined =>
  module === undefined ? undefined : { module };

/** The call that runs a function on a value. `version` is the FunctionStep's own. */
export function functionCall(config: JsonObject, version: string, found: ResolvedFunction): ComponentCall {
  const { module } = found;
  if (module === undefined) return { class: functionStepClass, version, config };
  return {
    class: functionStepClass,
    version: `${version}+${module.version}`,
    config,
    module: { path: module.path, export: module.export },
  };
}
