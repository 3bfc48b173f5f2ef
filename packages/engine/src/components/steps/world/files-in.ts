import { closeSync } from "node:fs";
import { type FileValue, isFileValue, type Json } from "../../../contracts/json.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { readablePath } from "../../../paths/open-inside.js";
import { type Inputs, interpolate, referredInputs } from "../interpolate.js";
import { findFiles } from "./find-files.js";
import { openStepFile } from "./step-files.js";
import { placeCopy, placeFileValue, placeText, type Workplace } from "./workplace.js";

/** A list of what is laid under its own name, or a map of names and what is laid under them. */
export type FilesIn = readonly string[] | { readonly [path: string]: string };

const maxFiles = 1_000;

/**
 * Lays files into a program's folder. `{{ port }}` alone is a file value, a list of them, or (in a map) a value that is written
 * down, texts as they are and everything else as JSON. Any other text is a path or pattern of the project; in a list its
 * files keep their paths.
 */
export async function placeFilesIn(place: Workplace, filesIn: FilesIn, inputs: Inputs): Promise<void> {
  if (isList(filesIn)) {
    for (const entry of filesIn) await placeListed(place, entry, inputs);
    return;
  }
  for (const [path, entry] of Object.entries(filesIn)) await placeNamed(place, path, entry, inputs);
}

function isList(filesIn: FilesIn): filesIn is readonly string[] {
  return Array.isArray(filesIn);
}

async function placeListed(place: Workplace, entry: string, inputs: Inputs): Promise<void> {
  if (!isReference(entry)) {
    const { project, roots } = place.context.folders;
    const pattern = projectPath(entry, inputs);
    const paths = await findFiles(pattern, { root: project, roots, maxFiles, signal: place.context.signal });
    if (paths.length === 0) throw nanobrainError("E_FILE_READ", { path: pattern, what: "there is no such file" });
    for (const path of paths) await placeProjectFile(place, path, path);
    return;
  }
  const value = referredValue(entry, inputs);
  for (const file of Array.isArray(value) ? (value as readonly Json[]) : [value])
    await placeFileValue(place, demandFile(file, entry));
}

async function placeNamed(place: Workplace, path: string, entry: string, inputs: Inputs): Promise<void> {
  if (!isReference(entry)) return placeProjectFile(place, path, projectPath(entry, inputs));
  const value = referredValue(entry, inputs);
  if (isFileValue(value)) return placeCopy(place, path, await place.context.locate(value));
  return placeText(place, path, typeof value === "string" ? value : JSON.stringify(value));
}

async function placeProjectFile(place: Workplace, path: string, source: string): Promise<void> {
  const file = openStepFile(source, place.context.folders);
  try {
    await placeCopy(place, path, readablePath(file));
  } finally {
    closeSync(file.fd);
  }
}

/** Whether a text is one reference and nothing else. */
export function isReference(text: string): boolean {
  return /^\s*\{\{[^{}]*\}\}\s*$/.test(text) && referredInputs(text).length === 1;
}

function referredValue(reference: string, inputs: Inputs): Json {
  return interpolate({ files_in: reference }, inputs)["files_in"] ?? null;
}

function projectPath(text: string, inputs: Inputs): string {
  return String(interpolate({ files_in: text }, inputs, { files_in: "path" })["files_in"]);
}

function demandFile(value: Json, reference: string): FileValue {
  if (isFileValue(value)) return value;
  const hint = 'Only files have a name of their own: write files_in as a map, such as { data.json: "{{ rows }}" }.';
  throw nanobrainError("E_PLACEHOLDER", { reference, key: "files_in", what: "the value is no file" }, { hint });
}
