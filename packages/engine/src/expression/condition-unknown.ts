import type { ASTNode } from "@marcbachmann/cel-js";
import { type Compiler, note } from "./condition-compiler.js";
import { functions } from "./condition-functions.js";
import { isForbiddenName } from "./condition-value.js";

const REFUSED_FUNCTIONS: { readonly [name: string]: string } = {
  matches: "matches() is not available: patterns can be made that take for ever; use startsWith, endsWith or contains",
  bind: "bind() is not available",
};
const MACHINERY = new Set([
  "eval",
  "require",
  "fetch",
  "Function",
  "exec",
  "system",
  "setTimeout",
  "spawn",
  "open",
  "dlopen",
  "call",
  "apply",
]);

/** Notes a call of a function that is not there, or that may not be. */
export function noteUnknown(node: ASTNode, name: string, isMethod: boolean, compiler: Compiler): void {
  const reason = Object.hasOwn(REFUSED_FUNCTIONS, name) ? REFUSED_FUNCTIONS[name] : undefined;
  if (reason !== undefined || isForbiddenName(name) || MACHINERY.has(name)) {
    note(compiler, "E_EXPR_FORBIDDEN", node, reason ?? `${name}() cannot be reached by conditions`);
    return;
  }
  const other = isMethod ? "function" : "method";
  const names = Object.entries(functions).flatMap(([known, { form }]) => (form === other ? [] : [known]));
  const macros = isMethod ? ["all", "exists", "exists_one", "filter", "map"] : ["has"];
  const hint = `there are ${[...names, ...macros].sort().join(", ")}`;
  note(compiler, "E_EXPR_NAME", node, `There is no function ${name}()`, hint);
}
