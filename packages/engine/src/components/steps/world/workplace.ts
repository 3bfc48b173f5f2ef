import { constants, lstatSync, type Stats } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StepContext } from "../../../contracts/component.js";
import { type FileValue, isFileValue, type Json } from "../../../contracts/json.js";
import { pathFault } from "../../../paths/path-spelling.js";

/**
 * The fresh folder of one attempt of a program, with the files laid into it.
 * W1. Files are copies, read-only, under their own names: a program can spoil nothing but its copy.
 * W2. What was laid in and not changed is no output.
 */
export type Workplace = {
  readonly folder: string;
  readonly temporary: string;
  /** Where the program's paths start: its working folder. */
  readonly start: string;
  readonly context: StepContext;
  /** By path from the folder: what was laid there. */
  readonly placed: Map<string, Pick<Stats, "ino" | "mtimeMs">>;
  /** Paths under which files already lie here, by content and name. */
  readonly known: Map<string, string>;
};

/** Makes the folders. `start`: the program's working folder where it is another than the fresh one. */
export async function openWorkplace(context: StepContext, start: string | undefined): Promise<Workplace> {
  const folder = await context.freshFolder();
  const temporary = await context.freshFolder();
  return { folder, temporary, start: start ?? folder, context, placed: new Map(), known: new Map() };
}

/** Lays a file value into the folder, once. Resolves with the path a program there knows it by; it never starts with a dash. */
export async function placeFileValue(place: Workplace, file: FileValue): Promise<string> {
  const key = `${file.$file}/${file.name}`;
  const known = place.known.get(key);
  if (known !== undefined) return known;
  const source = await place.context.locate(file);
  const path = freePath(place, usableName(file.name));
  await placeCopy(place, path, source);
  const shown = shownPathOf(place, path);
  place.known.set(key, shown);
  return shown;
}

/** Lays a copy of a file of this machine into the folder, under a path of one's choice. */
export async function placeCopy(place: Workplace, path: string, source: string): Promise<void> {
  await lay(place, path, (target) => copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
}

/** Lays a text into the folder as a file, under a path of one's choice. */
export async function placeText(place: Workplace, path: string, text: string): Promise<void> {
  await lay(place, path, (target) => writeFile(target, text, { flag: "wx" }));
}

/** The value with each file value in it laid into the folder, and named by its path there. */
export async function withPaths(place: Workplace, value: Json): Promise<Json> {
  if (isFileValue(value)) return { ...value, name: await placeFileValue(place, value) };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value as readonly Json[]) items.push(await withPaths(place, item));
    return items;
  }
  const members: { [key: string]: Json } = {};
  for (const [key, member] of Object.entries(value)) members[key] = await withPaths(place, member as Json);
  return members;
}

/** Whether a path of the folder still holds just what was laid there. */
export function isUntouched(place: Workplace, path: string): boolean {
  const laid = place.placed.get(path);
  if (laid === undefined || place.start !== place.folder) return false;
  const now = lstatSync(join(place.folder, path), { throwIfNoEntry: false });
  return now?.ino === laid.ino && now.mtimeMs === laid.mtimeMs;
}

async function lay(place: Workplace, path: string, write: (target: string) => Promise<void>): Promise<void> {
  const target = join(place.folder, path);
  await mkdir(dirname(target), { recursive: true });
  await write(target);
  await chmod(target, 0o444);
  const { ino, mtimeMs } = lstatSync(target);
  place.placed.set(path, { ino, mtimeMs });
}

/** A file value may come from anywhere, so its name may be anything. */
function usableName(name: string): string {
  const usable = pathFault(name) === undefined && !name.includes("/") && name !== ".";
  return usable ? name : "file";
}

function freePath(place: Workplace, name: string): string {
  let path = name;
  for (let number = 2; place.placed.has(path); number++) path = `${number}/${name}`;
  return path;
}

function shownPathOf(place: Workplace, path: string): string {
  if (place.start !== place.folder) return join(place.folder, path);
  return path.startsWith("-") ? `./${path}` : path;
}
