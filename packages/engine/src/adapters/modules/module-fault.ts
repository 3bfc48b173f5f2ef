import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type NanobrainError, nanobrainError } from "../../errors/nanobrain-error.js";
import { readOf } from "../../errors/thrown-text.js";
import { isCode, reachedFiles, realFolder } from "./module-files.js";
import { faultOf } from "./strip-types.js";

type Fault = { readonly file: string; readonly line: number; readonly column: number; readonly what: string };

/** Why a user's module cannot be loaded, with file, line and column where there are any. Paths are relative to the project. */
export function moduleFault(error: unknown, file: string, project: string): NanobrainError {
  const message = typeof error === "object" && error !== null ? String(readOf(error, "message")) : String(error);
  const fault = isSyntaxFault(error) ? (statedFault(error, message) ?? parsedFault(file)) : undefined;
  const what = withoutPlaces(fault?.what ?? message, project);
  if (fault === undefined)
    return nanobrainError("E_MODULE", { path: shown(file, project), what }, { cause: withinProject(error, project) });
  return nanobrainError("E_MODULE_SYNTAX", {
    path: shown(fault.file, project),
    line: fault.line,
    column: fault.column,
    what,
  });
}

function isSyntaxFault(error: unknown): error is object {
  return typeof error === "object" && error !== null && readOf(error, "name") === "SyntaxError";
}

/** Where Node says it, as for a name that a module does not export. */
function statedFault(error: object, what: string): Fault | undefined {
  const [, url, line, caret] = /^(file:\/\/[^\n]*):(\d+)\n[^\n]*\n( *\^)/.exec(String(readOf(error, "stack"))) ?? [];
  if (url === undefined || caret === undefined) return undefined;
  return { file: fileURLToPath(url), line: Number(line), column: caret.length, what };
}

function parsedFault(file: string): Fault | undefined {
  for (const path of [...reachedFiles(file)].filter(isCode)) {
    const fault = faultOf(readFileSync(path, "utf8"));
    if (fault !== undefined) return { file: path, line: fault.line, column: fault.column, what: fault.message };
  }
  return undefined;
}

function shown(file: string, project: string): string {
  const path = relative(project, file);
  return path.startsWith("..") ? basename(file) : path;
}

/** The error with paths as the project's people know them. All else is read from the error itself, its class too. */
function withinProject(error: unknown, project: string): unknown {
  if (typeof error !== "object" || error === null) return error;
  const texts: PropertyDescriptorMap = {};
  for (const key of ["message", "stack"]) {
    const text = readOf(error, key);
    if (typeof text === "string") texts[key] = { value: withoutPlaces(text, project) };
  }
  return Object.create(error, texts) as unknown;
}

/** Without the marks of addresses, and without the folders above the project. */
function withoutPlaces(text: string, project: string): string {
  const folders = [project, realFolder(project)].flatMap((folder) => [pathToFileURL(folder).href, folder]);
  return folders
    .reduce((left, folder) => left.replaceAll(`${folder}/`, ""), text.replace(/\?nanobrain=[0-9a-f]*/g, ""))
    .replaceAll("file://", "");
}
