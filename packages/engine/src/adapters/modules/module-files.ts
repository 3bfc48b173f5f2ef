import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { ModuleFolders } from "../../contracts/step-code.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

const codeExtensions = [".ts", ".mts", ".js", ".mjs"];
const typescriptOf: { readonly [extension: string]: string } = { ".js": ".ts", ".mjs": ".mts" };
/** Every place where a relative path may be imported. In comments and texts too, which only makes a hash too careful. */
const importPattern = /\b(?:from|import|require)\s*\(?\s*(["'`])(\.{1,2}(?:\/[^"'`\n]*)?)\1/g;

export function isCode(path: string): boolean {
  return codeExtensions.includes(extname(path));
}

/** The real path of a user's module. Fails when it is missing, lies outside the folders, or is no module. */
export function moduleFile(path: string, folders: ModuleFolders): string {
  const real = realFile(resolve(folders.project, path));
  if (real === undefined) throw nanobrainError("E_MODULE_MISSING", { path });
  const allowed = [folders.project, ...folders.roots].map(realFolder);
  if (!allowed.some((folder) => isInside(real, folder))) throw nanobrainError("E_MODULE_FOLDER", { path });
  if (!isCode(real)) throw nanobrainError("E_MODULE", { path, what: "a .ts, .mts, .js or .mjs file is expected" });
  for (const file of reachedFiles(real)) {
    if (!allowed.some((folder) => isInside(file, folder))) throw outside(path, real, file);
  }
  return real;
}

function outside(path: string, real: string, file: string): Error {
  return nanobrainError("E_MODULE_FOLDER", { path: relative(dirname(real), file), importedBy: path });
}

function isInside(file: string, folder: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Without links; as it is when it is not there. */
export function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

function realFile(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? realpathSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The file that `specifier` in `importer` means: itself, its TypeScript (`./a.js` for a.ts), with an extension added, or
 * the index of a folder. Undefined: there is none.
 */
export function importedFile(importer: string, specifier: string): string | undefined {
  const path = join(dirname(importer), decodedPath(specifier));
  const extension = extname(path);
  const typescript = typescriptOf[extension];
  const candidates = [
    path,
    ...(typescript === undefined ? [] : [path.slice(0, -extension.length) + typescript]),
    ...codeExtensions.map((end) => path + end),
    ...codeExtensions.map((end) => join(path, `index${end}`)),
  ];
  for (const candidate of candidates) {
    const real = realFile(candidate);
    if (real !== undefined) return real;
  }
  return undefined;
}

function decodedPath(specifier: string): string {
  const path = specifier.replace(/[?#].*$/s, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type ScannedFile = { readonly stamp: string; readonly sha256: string; readonly specifiers: readonly string[] };
const scanned = new Map<string, ScannedFile>();

/** Changes when the file does. Undefined: it is gone. */
export function stampOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.mtimeMs} ${found.ctimeMs} ${found.size}`;
}

/** Reads a file again only when its stamp has changed. */
function scan(file: string): ScannedFile {
  const stamp = stampOf(file) ?? "";
  const known = scanned.get(file);
  if (known?.stamp === stamp) return known;
  const bytes = readFileSync(file);
  const text = isCode(file) ? bytes.toString("utf8") : "";
  const specifiers = new Set([...text.matchAll(importPattern)].map((match) => match[2] ?? ""));
  const made = { stamp, sha256: createHash("sha256").update(bytes).digest("hex"), specifiers: [...specifiers] };
  scanned.set(file, made);
  return made;
}

/** The file and all that it imports by relative path, through any number of files. */
export function reachedFiles(file: string): ReadonlySet<string> {
  const reached = new Set([file]);
  for (const from of reached) {
    for (const specifier of scan(from).specifiers) {
      const target = importedFile(from, specifier);
      if (target !== undefined) reached.add(target);
    }
  }
  return reached;
}

/** sha-256 (hex) over the file and all that it imports by relative path: the same wherever the folder lies. */
export function fileHash(file: string): string {
  const folder = dirname(file);
  const lines = [...reachedFiles(file)].map(
    (path) => `${relative(folder, path).split(sep).join("/")}\0${scan(path).sha256}`,
  );
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}
