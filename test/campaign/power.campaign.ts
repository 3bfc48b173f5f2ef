import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { type DiskImage, imageOf, layOut, powerLosses } from "../crash-rig/disk-image.js";
import { type DiskOp, diskLog } from "../crash-rig/disk-log.js";
import { brokenIn, look, nothingSeen } from "../crash-rig/judge.js";
import { type Patch, patchedRig } from "../crash-rig/patched-rig.js";
import type { Program } from "../crash-rig/processes.js";
import { crash, driven, drop, each, type Outcome, rigFolder, type Shape, shapes } from "../crash-rig/rig.js";
import { campaign, type Ledger } from "./ledger.js";

/** Of the images of a shape so many are opened, evenly chosen: `IMAGES=100000` takes all. */
const IMAGES = Number(process.env["IMAGES"] ?? 150);
const KILLS = IMAGES / 3;
const asked = shapes.filter((shape) => process.env["SHAPES"]?.split(",").includes(shape) ?? shape !== "reacting");

/** What is left of the store, by the calls that made it, and what the outside had seen by then. */
type Loss = {
  readonly name: string;
  readonly left: readonly DiskOp[];
  readonly seen: readonly DiskOp[];
  readonly fault: string;
};

/** Calls on the store's own files, but for what is mapped into memory: after a loss of power nobody reads that. */
function storeCalls(ops: readonly DiskOp[]): ReadonlySet<DiskOp> {
  const files = new Map<number, string>();
  for (const op of ops) if (op.kind === "name" && !files.has(op.file)) files.set(op.file, op.path);
  const pathOf = (op: DiskOp): string => ("path" in op ? op.path : (files.get(op.file) ?? ""));
  const isStore = (path: string): boolean => path.includes("/.nanobrain") && !path.endsWith("-shm");
  // Also the sync of the folder that the store's own name stands in.
  return new Set(ops.filter((op) => op.kind === "sync" || isStore(pathOf(op))));
}

/** Evenly chosen. */
function some<T>(all: readonly T[], most: number): readonly T[] {
  const stride = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

/** All that can be left after each call. What is left by the same calls counts once, with the most that was seen by then. */
function losses(ops: readonly DiskOp[]): { readonly power: readonly Loss[]; readonly kills: readonly Loss[] } {
  const store = storeCalls(ops);
  const found = new Map<string, Loss>();
  const numberOf = new Map(ops.map((op, index) => [op, index]));
  const kills: Loss[] = [];
  const calls: DiskOp[] = [];
  const seen: DiskOp[] = [];
  for (const [index, op] of ops.entries()) {
    (store.has(op) ? calls : seen).push(op);
    const now = { seen: [...seen] };
    const add = (name: string, left: readonly DiskOp[], fault: string): void => {
      const changes = left.filter(({ kind }) => kind !== "sync");
      const key = changes.map((change) => numberOf.get(change) ?? `${name} ${index}`).join(" ");
      found.set(key, { ...now, name: `after call ${index}, ${name}`, left: changes, fault });
    };
    if (!store.has(op)) continue;
    for (const { name, ops: left } of powerLosses(calls))
      add(name, left, name.includes("torn") ? "F19 torn last write" : "F20 unsynced writes lost or out of order");
    const fault = "F01 the state after a durable call, as kill -9 leaves it";
    kills.push({ ...now, name: `after call ${index}, killed`, left: [...calls], fault });
  }
  return { power: [...found.values()], kills };
}

/** Opens what is left, goes on until the run has ended, and judges. */
async function opened(shape: Shape, from: string, loss: Loss): Promise<Outcome> {
  const folder = rigFolder();
  try {
    drop(folder, ["a.txt", "b.txt"]);
    layOut(imageOf(loss.left, from), from, folder);
    layOut(imageOf(loss.seen, from), from, folder);
    // Whoever ended it was told: what follows is another process that finds it ended.
    rmSync(join(folder, "finished"), { force: true });
    const problems: string[] = [];
    const seen = await look(folder, nothingSeen, problems).catch((error: Error) => {
      problems.push(`cannot be read: ${error.message}`);
      return nothingSeen;
    });
    const outcome = await driven(folder, shape, { deaths: 1 }, seen);
    return { ...outcome, violations: [...problems, ...outcome.violations] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recorded(
  shape: Shape,
  program: Program,
): Promise<{ readonly folder: string; readonly ops: readonly DiskOp[] }> {
  const folder = rigFolder();
  drop(folder, ["a.txt", "b.txt"]);
  try {
    const ops = await diskLog({ folder, document: `${shape}.yml`, mode: "run" }, program);
    expectSame(imageOf(ops, folder));
    return { folder, ops };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A log from which the files do not come out as they are would prove nothing. */
function expectSame(image: DiskImage): void {
  for (const [path, content] of image) {
    if (content === undefined || path.endsWith("-shm")) continue;
    if (!existsSync(path) || !readFileSync(path).equals(content)) throw new Error(`the log does not lead to ${path}`);
  }
}

test("power: whatever was not synced may be lost, torn or out of order; what was acknowledged is there, and the run goes on", async () => {
  await campaign("power", ["G1", "G3", "G14", "G18"], async (ledger) => {
    for (const shape of asked) await images(ledger, shape);
    await planted(ledger);
  });
});

async function images(ledger: Ledger, shape: Shape): Promise<void> {
  const undisturbed = await crash(shape);
  const { folder, ops } = await recorded(shape, {});
  const all = losses(ops);
  const chosen = [...some(all.power, IMAGES), ...some(all.kills, KILLS)];
  ledger.note(`images of ${shape}`, `${chosen.length} of ${all.power.length + all.kills.length}`);
  await each(chosen, (loss) =>
    ledger.point(`${shape} ${loss.name}`, async (injected) => {
      injected(loss.fault);
      return brokenIn(await opened(shape, folder, loss), undisturbed);
    }),
  );
}

/** Bugs, by what is changed in the built engine. */
const bugs: readonly (readonly [string, Patch])[] = [
  ["commits are not synced", ["journal-connection.js", "synchronous=FULL", "synchronous=OFF"]],
  ["new folders are not synced", ["store-folder.js", "fsyncSync(handle);", ""]],
];

async function planted(ledger: Ledger): Promise<void> {
  const undisturbed = await crash("chain");
  for (const [bug, patch] of bugs) {
    const rig = patchedRig([patch]);
    const { folder, ops } = await recorded("chain", { rig });
    const found: string[] = [];
    await each(some(losses(ops).power, 200), async (loss) => {
      if (found.length === 0) found.push(...brokenIn(await opened("chain", folder, loss), undisturbed));
    });
    rmSync(rig, { recursive: true, force: true });
    ledger.planted(bug, found.length > 0);
  }
}
