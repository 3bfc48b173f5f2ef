import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "vitest";
import { countedCalls } from "../crash-rig/counted-calls.js";
import { brokenIn, lines, look, nothingSeen } from "../crash-rig/judge.js";
import { type Patch, patchedRig } from "../crash-rig/patched-rig.js";
import { childDoes, ended, injectedAt, type Program } from "../crash-rig/processes.js";
import { crash, driven, each, numbers, type Outcome, rigFolder, type Shape } from "../crash-rig/rig.js";
import { commandLine } from "../project.js";
import { campaign, type Ledger } from "./ledger.js";

/** Of the calls of each kind so many are made to fail, evenly. */
const POINTS = Number(process.env["POINTS"] ?? 16);
const asked: readonly Shape[] = ["chain", "queue"];

type Fault = { readonly name: string; readonly call: string; readonly inject: (n: number) => string };

const once = (error: string) => (n: number) => `error=${error}:when=${n}`;
const forEver = (error: string) => (n: number) => `error=${error}:when=${n}+`;

const faults: readonly Fault[] = [
  { name: "F21 sync fails once", call: "fsync", inject: once("EIO") },
  { name: "F22 each sync fails from then on", call: "fsync", inject: forEver("EIO") },
  { name: "F23 a write fails once", call: "pwrite64", inject: once("EIO") },
  { name: "F23 each write fails from then on", call: "pwrite64", inject: forEver("EIO") },
  { name: "F23 a write writes nothing", call: "pwrite64", inject: (n) => `retval=0:when=${n}` },
  { name: "F24 disk full for one write", call: "pwrite64", inject: once("ENOSPC") },
  { name: "F24 disk full for six writes", call: "pwrite64", inject: (n) => `error=ENOSPC:when=${n}..${n + 5}` },
  { name: "F25 no quota left", call: "pwrite64", inject: once("EDQUOT") },
  { name: "F25 file system read-only from then on", call: "pwrite64", inject: forEver("EROFS") },
];

/** A process whose store fails ends with the store's reason, or goes on: anything else is a fault. */
function withoutReason(end: string): readonly string[] {
  if (end === "0" || /ended with E_STORE_[A-Z]+\s*$/.test(end)) return [];
  return [`ended without a reason: ${end.slice(0, 1500)}`];
}

/** Puts one fault into a run, lets another process go on without it, and judges. */
async function failing(
  shape: Shape,
  tracer: readonly string[],
  undisturbed: Outcome,
  program: Attack = {},
): Promise<readonly string[]> {
  const folder = rigFolder();
  const task = { folder, document: `${shape}.yml`, mode: "run" } as const;
  try {
    const end = await childDoes({ ...task, planted: program.planted ?? "" }, program, tracer, 60_000);
    const problems: string[] = [...withoutReason(end)];
    const seen = await look(folder, nothingSeen, problems);
    return [...problems, ...brokenIn(await driven(folder, shape, { deaths: 1 }, seen), undisturbed)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Attack = Program & { readonly planted?: string };

function* pointsOf(count: number): Generator<number> {
  for (let point = 1; point <= Math.min(count, POINTS); point++)
    yield Math.ceil((point * count) / Math.min(count, POINTS));
}

async function callsThatFail(ledger: Ledger, shape: Shape): Promise<void> {
  const undisturbed = await crash(shape);
  const counts = await countedCalls(shape);
  for (const { name, call, inject } of faults)
    await each([...pointsOf(counts[call] ?? 0)], (n) =>
      ledger.point(`${shape} ${name} ${n}`, (injected) => {
        injected(name);
        return failing(shape, injectedAt(call, inject(n)), undisturbed);
      }),
    );
  await ledger.point(`${shape} slow disk`, (injected) => {
    injected("F27 each sync takes 100 ms");
    return failing(shape, injectedAt("fsync", "delay_enter=100000"), undisturbed);
  });
}

const document = `name: three
execution_strategy: sequential
output_data_units: { end: { class: DataUnitMemory } }
steps:
  a: { class: TransformStep, config: { expression: "1" } }
  b: { class: TransformStep, config: { expression: "n + 1" }, inputs: { n: { from: a.output } } }
links:
  e: { class: DirectLink, config: { source: b.output, target: end } }
`;

/** The command line says why it ends, by code and in words. */
async function commandLineEnds(ledger: Ledger): Promise<void> {
  await each([2, 6, 10, 14], (n) =>
    ledger.point(`command line, sync ${n}`, async (injected) => {
      const folder = rigFolder();
      writeFileSync(join(folder, "three.yml"), document);
      const args = [process.execPath, commandLine, "run", join(folder, "three.yml"), "--store", join(folder, "store")];
      const end = await ended([...injectedAt("fsync", forEver("EIO")(n)), ...args], process.env, 60_000);
      rmSync(folder, { recursive: true, force: true });
      if (end === "0") return [];
      injected("F22 each sync fails from then on, command line");
      return /^4 [\s\S]*E_STORE/.test(end) ? [] : [`ended with ${end.slice(0, 500)}`];
    }),
  );
}

/** A real full disk, from which something is removed after a while. */
async function fullDisk(ledger: Ledger): Promise<void> {
  const undisturbed = await crash("queue");
  for (const freeKb of [0, 40, 80, 120, 160, 200, 240, 280, 320])
    await ledger.point(`tmpfs with ${freeKb} KiB`, async (injected) => {
      const folder = rigFolder();
      const place = join(folder, ".nanobrain");
      mkdirSync(place);
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${freeKb + 1024}k`, "tmpfs", place]);
      try {
        writeFileSync(join(place, "filler"), Buffer.alloc(1024 * 1024));
        injected("F24 small tmpfs is full");
        const end = childDoes({ folder, document: "queue.yml", mode: "run" }, {}, [], 60_000);
        await Promise.race([delay(3000), end]);
        rmSync(join(place, "filler"));
        const problems = [...withoutReason(await end)];
        const seen = await look(folder, nothingSeen, problems);
        return [...problems, ...brokenIn(await driven(folder, "queue", { deaths: 1 }, seen), undisturbed)];
      } finally {
        execFileSync("umount", ["-l", place]);
        rmSync(folder, { recursive: true, force: true });
      }
    });
}

/** What happens to the files of a store while a run is under way. */
const thefts: readonly (readonly [string, (journals: string) => void])[] = [
  ["the journal is deleted", (journals) => rmSync(join(journals, "1.db"))],
  ["the journal is moved away", (journals) => renameSync(join(journals, "1.db"), join(journals, "away"))],
  [
    "the journal is replaced",
    (journals) => {
      renameSync(join(journals, "1.db"), join(journals, "away"));
      writeFileSync(join(journals, "1.db"), "");
    },
  ],
  ["its lock is deleted", (journals) => rmSync(join(journals, "1.lock"))],
  ["the store is deleted", (journals) => rmSync(join(journals, ".."), { recursive: true })],
];

async function stolen(steal: (journals: string) => void, program: Program = {}): Promise<readonly string[]> {
  const folder = rigFolder();
  try {
    const end = childDoes({ folder, document: "long.yml", mode: "run" }, program, [], 60_000);
    while (lines(folder, "acked").length < 6)
      if (await Promise.race([delay(20), end])) return ["ended before anything was done to it"];
    steal(join(folder, ".nanobrain/journals"));
    const before = performance.now();
    const said = await end;
    if (said === "0") return ["it went on to its end as if its store were there"];
    const tookMs = performance.now() - before;
    return [...withoutReason(said), ...(tookMs > 10_000 ? [`noticed after ${Math.round(tookMs)} ms`] : [])];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Eight processes that run in one store at once. */
async function storm(): Promise<readonly string[]> {
  const shared = rigFolder();
  const folders = numbers(8).map(() => rigFolder());
  try {
    const ends = await Promise.all(
      folders.map((folder, index) => {
        symlinkSync(shared, join(folder, ".nanobrain"));
        return childDoes({ folder, document: "queue.yml", mode: "run" }, { runId: `writer-${index}` });
      }),
    );
    return ends.flatMap((end, index) => {
      const [finished = "nothing"] = lines(folders[index] as string, "finished");
      return end === "0" && finished.includes('"completed"')
        ? []
        : [`writer ${index} ended with ${end} and ${finished}`];
    });
  } finally {
    for (const folder of [shared, ...folders]) rmSync(folder, { recursive: true, force: true });
  }
}

const blind: Patch = ["journal.js", "this.#look();", ""];

async function planted(ledger: Ledger): Promise<void> {
  const undisturbed = await crash("chain");
  const found: string[] = [];
  await each([...pointsOf(22)], async (n) => {
    if (found.length === 0)
      found.push(
        ...(await failing("chain", injectedAt("fsync", forEver("EIO")(n)), undisturbed, {
          planted: "swallowed-error",
        })),
      );
  });
  ledger.planted("a commit that failed is taken for done", found.length > 0);
  const rig = patchedRig([blind]);
  const missed = await stolen(thefts[1]?.[1] as (journals: string) => void, { rig });
  ledger.planted("nobody looks whether the journal is still there", missed.length > 0);
}

test("storage: calls that fail, full disks, files that vanish, many writers: nothing is lost, and the reason is said", async () => {
  await campaign("storage", ["G3", "G17", "G18", "G20"], async (ledger) => {
    for (const shape of asked) await callsThatFail(ledger, shape);
    await commandLineEnds(ledger);
    if (process.getuid?.() === 0) await fullDisk(ledger);
    else ledger.note("small tmpfs", "not tried: only root may mount one");
    await each(thefts, ([name, steal]) =>
      ledger.point(name, (injected) => {
        injected("F30 files of the store taken away while it runs");
        return stolen(steal);
      }),
    );
    for (const round of numbers(3))
      await ledger.point(`storm ${round}`, (injected) => {
        injected("F33 eight writers at once");
        return storm();
      });
    await planted(ledger);
  });
});
