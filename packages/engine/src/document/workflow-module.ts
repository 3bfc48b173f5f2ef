import { complain } from "./at.js";
import { refusePath } from "./component.js";
import type { Fields } from "./fields.js";
import type { Loading } from "./loading.js";
import { quoted } from "./path-text.js";
import { ending, projectPath } from "./project-path.js";
import { sha256 } from "./sha256.js";
import { readCode } from "./values.js";

const endings = [".ts", ".mts", ".js", ".mjs"];

/** The path that `module:` names, from the project folder. Undefined: none, or a fault. */
export function readModule(fields: Fields): string | undefined {
  const at = fields.get("module");
  const written = at === undefined ? undefined : readCode(at);
  if (at === undefined || written === undefined) return undefined;
  const resolved = projectPath(at.node.source.file, written);
  if ("problem" in resolved) return refusePath(at, resolved.problem);
  if (!endings.includes(ending(resolved.path))) {
    complain(at, "E_FILE_TYPE", `${quoted(written)} is no module by its name`, {
      hint: "modules end in .ts, .mts, .js or .mjs",
    });
    return undefined;
  }
  if (recordModule(at.reading.loading, resolved.path)) return resolved.path;
  complain(at, "E_FILE_MISSING", `There is no module ${quoted(resolved.path)}`, {
    hint: "paths are relative to the file that says them",
  });
  return undefined;
}

/** The `.ts` or `.js` file beside the document that has its name. */
export function defaultModule(loading: Loading, file: string): string | undefined {
  const stem = file.slice(0, file.length - ending(file).length);
  return [".ts", ".js"].map((end) => `${stem}${end}`).find((path) => recordModule(loading, path));
}

/** Notes the module among the document's sources. False: it is not there. */
function recordModule(loading: Loading, path: string): boolean {
  if (!loading.reader.exists(path)) {
    loading.files.set(path, null);
    return false;
  }
  if (!loading.files.has(path)) {
    const result = loading.reader.read(path);
    if ("bytes" in result) loading.files.set(path, sha256(result.bytes));
  }
  return true;
}
