import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type Blobs, type FileValue, isFileValue, type Json, nanobrainError, type Plan } from "@nanobrain/engine";

export type Delivery = {
  readonly plan: Plan;
  readonly outputs: { readonly [unit: string]: Json };
  readonly blobs: Blobs;
  /** The document's folder: units' paths and `results/` start here. */
  readonly project: string;
  readonly runName: string;
  /** `--out`, absolute: takes all files. */
  readonly out: string | undefined;
};

/** A file that was put where people look for it. `unit` is the output it came from. */
export type Delivered = { readonly unit: string; readonly hash: string | null; readonly path: string };

/**
 * Copies the files among the outputs to their unit's `path`, else into `results/RUN/`, or into `--out`. A unit of class
 * DataUnitFile with a path has any other value of it written there, text as it is, the rest as JSON.
 */
export async function deliverFiles(delivery: Delivery): Promise<readonly Delivered[]> {
  const taken = new Set<string>();
  const delivered: Delivered[] = [];
  /** A file that several outputs name is there once. */
  const deliver = async (unit: string, file: FileValue): Promise<void> => {
    const known = delivered.find((one) => one.hash === file.$file && basename(one.path) === basename(file.name));
    delivered.push(
      known === undefined
        ? await copyOut(delivery, unit, file, targetOf(delivery, undefined, file.name, taken))
        : { ...known, unit },
    );
  };
  for (const [unit, value] of Object.entries(delivery.outputs)) {
    const path = unitPath(delivery.plan, unit);
    const files = filesIn(value);
    if (isFileValue(value) && path !== undefined)
      delivered.push(await copyOut(delivery, unit, value, targetOf(delivery, path, value.name, taken)));
    else if (files.length === 0 && path !== undefined)
      delivered.push(await writeOut(delivery, unit, value, path, taken));
    else for (const file of files) await deliver(unit, file);
  }
  return delivered;
}

function unitPath(plan: Plan, unit: string): string | undefined {
  const root = plan.workflows[0];
  const found = root?.outputs.map((index) => root.nodes[index]).find((node) => node?.name === unit);
  return found?.unit?.path;
}

/** Files anywhere inside a value. */
function filesIn(value: Json): readonly FileValue[] {
  if (isFileValue(value)) return [value];
  if (typeof value !== "object" || value === null) return [];
  const parts: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  return parts.flatMap(filesIn);
}

/** Two files of one name get a number. */
function targetOf(delivery: Delivery, path: string | undefined, name: string, taken: Set<string>): string {
  const { out, project, runName } = delivery;
  const wanted =
    out !== undefined
      ? join(out, basename(path ?? name))
      : path !== undefined
        ? resolve(project, path)
        : join(project, "results", runName, basename(name));
  let target = wanted;
  for (let number = 2; taken.has(target); number++) target = numbered(wanted, number);
  taken.add(target);
  return target;
}

function numbered(path: string, number: number): string {
  const name = basename(path);
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return join(dirname(path), `${stem}-${number}${dot > 0 ? name.slice(dot) : ""}`);
}

async function copyOut(delivery: Delivery, unit: string, file: FileValue, target: string): Promise<Delivered> {
  const source = await delivery.blobs.path(file.$file);
  await place(delivery, target, (partial) => copyFile(source, partial));
  return { unit, hash: file.$file, path: target };
}

async function writeOut(
  delivery: Delivery,
  unit: string,
  value: Json,
  path: string,
  taken: Set<string>,
): Promise<Delivered> {
  const target = targetOf(delivery, path, path, taken);
  const text = typeof value === "string" ? value : `${JSON.stringify(value, null, 2)}\n`;
  await place(delivery, target, (partial) => writeFile(partial, text));
  return { unit, hash: null, path: target };
}

/** Written beside its target and renamed, so that a reader never sees half a file. */
async function place(delivery: Delivery, target: string, write: (partial: string) => Promise<void>): Promise<void> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  if (delivery.out === undefined) await staysInside(delivery.project, folder, target);
  const partial = join(folder, `.${basename(target)}.${randomUUID()}.part`);
  try {
    await write(partial);
    // The store's copies are for their owner alone; results are for whom the user's mask lets.
    await chmod(partial, 0o666 & ~process.umask());
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** A link in the way must not lead a result out of the document's folder. */
async function staysInside(project: string, folder: string, target: string): Promise<void> {
  const [root, real] = await Promise.all([realpath(project), realpath(folder)]);
  if (real === root || real.startsWith(`${root}${sep}`)) return;
  throw nanobrainError("E_USAGE", {
    problem: `Cannot write output ${relative(project, target)}: its folder is a link out of the document's folder (use --out)`,
  });
}
