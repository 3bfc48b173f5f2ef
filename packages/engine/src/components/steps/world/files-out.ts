import { closeSync } from "node:fs";
import type { FileValue, Json } from "../../../contracts/json.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { isGlob } from "../../../paths/glob-pattern.js";
import { openInside, readablePath } from "../../../paths/open-inside.js";
import { findFiles } from "./find-files.js";
import { isUntouched, type Workplace } from "./workplace.js";

/** Names and patterns, or one of them by output port. */
export type FilesOut = readonly string[] | { readonly [port: string]: string };

const maxFiles = 1_000;

export type CollectedFiles = {
  /** All files, each once, in the order of the patterns and of their paths. */
  readonly files: readonly FileValue[];
  /** A name's file, or a pattern's list of files, by port. */
  readonly ports: { readonly [port: string]: Json };
};

/** Keeps what a program has written. A name without a file fails with E_PROGRAM_FILES; a pattern may match nothing. */
export async function collectFilesOut(place: Workplace, filesOut: FilesOut, program: string): Promise<CollectedFiles> {
  const entries = Object.entries(filesOut) as readonly (readonly [string, string])[];
  const kept = new Map<string, FileValue>();
  const ports: { [port: string]: Json } = {};
  for (const [port, pattern] of entries) {
    const files: FileValue[] = [];
    for (const path of await written(place, pattern, program)) {
      const file = kept.get(path) ?? (await keep(place, path, program));
      kept.set(path, file);
      files.push(file);
    }
    if (!Array.isArray(filesOut)) ports[port] = isGlob(pattern) ? files : (files[0] ?? null);
  }
  return { files: [...kept.values()], ports };
}

async function written(place: Workplace, pattern: string, program: string): Promise<readonly string[]> {
  const found = await findFiles(pattern, { root: place.start, roots: [], maxFiles, signal: place.context.signal });
  if (isGlob(pattern)) return found.filter((path) => !isUntouched(place, path));
  if (found.length === 0)
    throw nanobrainError("E_PROGRAM_FILES", { program, file: pattern, what: "there is no such file" });
  return found;
}

async function keep(place: Workplace, path: string, program: string): Promise<FileValue> {
  const file = openInside(place.start, [], path);
  if (file.status !== "open") throw nanobrainError("E_PROGRAM_FILES", { program, file: path, what: file.what });
  try {
    return await place.context.keep(path.split("/").at(-1) ?? path, { path: readablePath(file) });
  } finally {
    closeSync(file.fd);
  }
}
