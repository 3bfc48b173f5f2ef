import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { type Blobs, type FileValue, type Json, nanobrainError, type Plan } from "@nanobrain/engine";
import { mediaType } from "./media-type.js";
import { type InputUnit, inputUnits, readText } from "./read-input.js";

export type InputOptions = {
  /** `NAME=VALUE` or `NAME=@FILE`, as typed; the last one of a name counts. `@@` stands for a text that begins with `@`. */
  readonly given: readonly string[];
  /** A JSON file with inputs by name; `given` goes before it. */
  readonly file: string | undefined;
  /** Folder that paths of `given` are relative to. Those in `file` are relative to it. */
  readonly folder: string;
};

/** Reads inputs by the class and schema of their units. Fails with E_INPUT, naming all that cannot be read. */
export async function gatherInputs(plan: Plan, blobs: Blobs, options: InputOptions): Promise<{ [unit: string]: Json }> {
  const units = new Map(inputUnits(plan).map((unit) => [unit.name, unit]));
  const problems: string[] = [];
  const inputs: { [unit: string]: Json } = {};
  const take = async (name: string, reading: () => Promise<Json>): Promise<void> => {
    try {
      inputs[name] = await reading();
    } catch (error) {
      problems.push(`input ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const [name, value] of Object.entries(await inputFile(plan, options))) {
    const from = dirname(resolve(options.folder, options.file ?? ""));
    await take(name, () => fromInputFile(units.get(name), value, blobs, from));
  }
  for (const given of options.given) {
    const at = given.indexOf("=");
    if (at <= 0) problems.push(`-i ${given}: NAME=VALUE is expected`);
    else
      await take(given.slice(0, at), () =>
        fromText(units.get(given.slice(0, at)), given.slice(at + 1), blobs, options.folder),
      );
  }
  if (problems.length > 0) throw nanobrainError("E_INPUT", { workflow: plan.name, problem: problems.join("; ") });
  return inputs;
}

async function inputFile(plan: Plan, options: InputOptions): Promise<{ readonly [name: string]: Json }> {
  if (options.file === undefined) return {};
  const text = await textOf(resolve(options.folder, options.file));
  const problem = (what: string) =>
    nanobrainError("E_INPUT", { workflow: plan.name, problem: `--input-file ${options.file}: ${what}` });
  try {
    const read = JSON.parse(text) as Json;
    if (typeof read === "object" && read !== null && !Array.isArray(read))
      return read as { readonly [name: string]: Json };
  } catch (error) {
    throw problem(error instanceof Error ? error.message : "no JSON");
  }
  throw problem("a JSON object with inputs by name is expected");
}

/** The values of an input file are JSON already; a file unit's text is the path of its file. */
async function fromInputFile(unit: InputUnit | undefined, value: Json, blobs: Blobs, folder: string): Promise<Json> {
  if (unit?.reading !== "file" || typeof value !== "string") return value;
  return fileHandle(resolve(folder, value), blobs);
}

async function fromText(unit: InputUnit | undefined, given: string, blobs: Blobs, folder: string): Promise<Json> {
  if (given.startsWith("@") && !given.startsWith("@@")) return fromFile(unit, resolve(folder, given.slice(1)), blobs);
  const text = given.startsWith("@@") ? given.slice(1) : given;
  if (unit?.reading === "file") return fileHandle(resolve(folder, text), blobs);
  return unit === undefined ? text : checked(readText(unit, text));
}

/** `@file`: a handle, text, or parsed JSON. Without a schema a `.json` file is parsed. */
async function fromFile(unit: InputUnit | undefined, path: string, blobs: Blobs): Promise<Json> {
  if (unit?.reading === "file") return fileHandle(path, blobs);
  const text = await textOf(path);
  const isJson = unit?.reading === "json" || (unit?.reading === "either" && extname(path).toLowerCase() === ".json");
  if (unit === undefined || !isJson) return text;
  return checked(readText({ ...unit, reading: "json" }, text));
}

function checked(read: { readonly value: Json } | { readonly problem: string }): Json {
  if ("value" in read) return read.value;
  throw nanobrainError("E_USAGE", { problem: read.problem });
}

async function textOf(path: string): Promise<string> {
  await regularFile(path);
  return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
}

async function regularFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw nanobrainError("E_USAGE", { problem: `there is no file ${path}` });
  if (!found.isFile()) throw nanobrainError("E_USAGE", { problem: `${path} is not a file` });
}

async function fileHandle(path: string, blobs: Blobs): Promise<Json> {
  await regularFile(path);
  const { hash, sizeBytes } = await blobs.putFile(path);
  const name = basename(path);
  const handle: FileValue = { $file: hash, name, size_bytes: sizeBytes, media_type: mediaType(name) };
  return { ...handle };
}
