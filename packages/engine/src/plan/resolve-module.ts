import type { Path } from "../document/document.js";
import { projectPath } from "../document/project-path.js";
import { fault, type Scope } from "./compilation.js";

/** An export of a user's module. `path` is relative to the project folder, `version` tells its code from other code. */
export type ModuleExport = { readonly path: string; readonly export: string; readonly version: string };

const REFERENCE = /^([^#]+)#([A-Za-z_$][\w$]*)$/;
const EXTENSION = /\.(ts|mts|js|mjs)$/;

/** Reads `./file.ts#Name`, relative to the file that says it. Undefined: a fault, reported. */
export function resolveModule(scope: Scope, text: string, at: Path, code: string): ModuleExport | undefined {
  const [, written = "", name = ""] = REFERENCE.exec(text) ?? [];
  if (!EXTENSION.test(written)) {
    const hint = "write ./file.ts#Name, with the ending ts, mts, js or mjs";
    fault(scope, code, at, `"${text}" names no export of a module inside the project`, { hint });
    return undefined;
  }
  const found = projectPath(scope.document.places.of(at).file, written);
  if ("problem" in found) {
    fault(scope, code, at, `Path "${written}" of a module ${found.problem}`, { hint: "move it beside the document" });
    return undefined;
  }
  return moduleExport(scope, found.path, name, at, code);
}

/** An export of a module whose path is known. */
export function moduleExport(
  scope: Scope,
  path: string,
  name: string,
  at: Path,
  code: string,
): ModuleExport | undefined {
  const { options } = scope.compilation;
  if (!options.modules) {
    fault(scope, code, at, `Cannot use ${name} of ${path}: modules are switched off here`);
    return undefined;
  }
  if (options.fileExists?.(path) === false) {
    fault(scope, "E_FILE_MISSING", at, `There is no module ${path}`);
    return undefined;
  }
  return { path, export: name, version: options.codeHash?.(path) ?? "0" };
}
