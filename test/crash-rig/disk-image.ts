import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type DiskOp, lasting } from "./disk-log.js";

/** What a disk holds: files by path, folders as undefined. */
export type DiskImage = ReadonlyMap<string, Buffer | undefined>;

/** The folder `top` after these operations: names whose folder is not there lead nowhere. */
export function imageOf(ops: readonly DiskOp[], top: string): DiskImage {
  const names = new Map<string, { readonly file: number; readonly isFolder: boolean }>();
  const contents = new Map<number, Buffer>();
  for (const op of ops) {
    if (op.kind === "name") names.set(op.path, op);
    else if (op.kind === "unname") names.delete(op.path);
    else if (op.kind === "write") contents.set(op.file, written(contents.get(op.file), op.at, op.bytes));
    else if (op.kind === "cut") contents.set(op.file, cut(contents.get(op.file), op.size));
  }
  const image = new Map<string, Buffer | undefined>();
  const isThere = (path: string): boolean => path === top || (names.has(path) && isThere(dirname(path)));
  for (const [path, { file, isFolder }] of names)
    if (isThere(path)) image.set(path, isFolder ? undefined : (contents.get(file) ?? Buffer.alloc(0)));
  return image;
}

function written(before: Buffer = Buffer.alloc(0), at: number, bytes: Buffer): Buffer {
  const end = at + bytes.length;
  const after = end <= before.length ? before : Buffer.concat([before, Buffer.alloc(end - before.length)]);
  bytes.copy(after, at);
  return after;
}

function cut(before: Buffer = Buffer.alloc(0), size: number): Buffer {
  const after = Buffer.alloc(size);
  before.copy(after, 0, 0, size);
  return after;
}

/** What may be on disk when the power goes after these operations, each with a name. Files that are mapped into memory are left out. */
export function* powerLosses(
  all: readonly DiskOp[],
): Generator<{ readonly name: string; readonly ops: readonly DiskOp[] }> {
  const lasts = lasting(all);
  const open = all.flatMap((_, index) => (lasts[index] === true ? [] : [index]));
  const kept = (name: string, chosen: ReadonlySet<number>, torn?: DiskOp) => ({
    name,
    ops: [
      ...all.filter((_, index) => lasts[index] === true || chosen.has(index)),
      ...(torn === undefined ? [] : [torn]),
    ],
  });
  for (let count = 0; count <= open.length; count++)
    yield kept(`first ${count} unsynced`, new Set(open.slice(0, count)));
  for (const missing of open)
    yield kept(`all but unsynced ${missing}`, new Set(open.filter((index) => index !== missing)));
  const last = open.at(-1);
  const op = last === undefined ? undefined : all[last];
  if (op?.kind !== "write") return;
  for (const bytes of [512, 4096]) {
    if (op.bytes.length <= bytes && bytes !== 512) continue;
    const length = Math.min(bytes, op.bytes.length >> 1);
    const torn = { ...op, bytes: op.bytes.subarray(0, length) };
    yield kept(`last torn at ${bytes}`, new Set(open.slice(0, -1)), torn);
  }
}

/** Lays an image of the folder `from` out in the folder `to`. */
export function layOut(image: DiskImage, from: string, to: string): void {
  for (const [path, content] of image) {
    const place = join(to, relative(from, path));
    mkdirSync(content === undefined ? place : dirname(place), { recursive: true });
    if (content !== undefined) writeFileSync(place, content);
  }
}
