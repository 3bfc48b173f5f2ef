import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { type Patch, patchedRig } from "../crash-rig/patched-rig.js";
import { childDoes, type Program, workerDoes } from "../crash-rig/processes.js";
import { each, numbers, rigFolder } from "../crash-rig/rig.js";
import { campaign, type Ledger } from "./ledger.js";

/** Bits that are flipped in each file, one at a time: `FLIPS=5000 npm run trust -- damage` */
const FLIPS = Number(process.env["FLIPS"] ?? 700);

type Answers = Readonly<Record<string, { readonly value: unknown } | { readonly code: string }>>;
/** One way to spoil the folder of journals. */
type Damage = { readonly key: string; readonly fault: string; readonly spoil: (journals: string) => void };
type Base = { readonly folder: string; readonly answers: Answers };

async function ask(folder: string, program: Program = {}): Promise<Answers | string> {
  const end = await workerDoes({ folder, document: "", mode: "ask" }, program, 30_000);
  return end.startsWith("{") ? (JSON.parse(end) as Answers) : end;
}

const journalsOf = (folder: string): string => join(folder, ".nanobrain/journals");

/** A store with a run that completed, one that failed, and one whose process was killed in its middle. */
async function crashedStore(folder: string, yesterday: string): Promise<void> {
  await childDoes({ folder, document: "chain.yml", mode: "run" }, { runId: "first" });
  cpSync(join(journalsOf(folder), "1.db"), yesterday);
  await childDoes({ folder, document: "stopped.yml", mode: "run" }, { runId: "second" });
  await childDoes({ folder, document: "retry.yml", mode: "run", killAt: 12 });
}

async function baseOf(folder: string): Promise<Base> {
  const copy = copyOf(folder);
  const answers = await ask(copy);
  rmSync(copy, { recursive: true });
  if (typeof answers === "string" || Object.values(answers).some((answer) => "code" in answer))
    throw new Error(`the intact store does not answer: ${JSON.stringify(answers).slice(0, 2000)}`);
  return { folder, answers };
}

function copyOf(folder: string): string {
  const copy = rigFolder();
  rmSync(copy, { recursive: true });
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Numbers that look random and are the same every time. */
function* scattered(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    yield x;
  }
}

function changed(file: string, change: (bytes: Buffer) => void): (journals: string) => void {
  return (journals) => {
    const bytes = readFileSync(join(journals, file));
    change(bytes);
    writeFileSync(join(journals, file), bytes);
  };
}

/** Everything that is done to one file. */
function damagesOf(file: string, sizeBytes: number): readonly Damage[] {
  const places = scattered(20_240_001);
  const bits = numbers(FLIPS).map(() => [places.next().value % sizeBytes, places.next().value % 8] as const);
  const starts = (stepBytes: number): number[] =>
    numbers(Math.ceil(sizeBytes / stepBytes)).map((n) => (n - 1) * stepBytes);
  const zeroed = (stepBytes: number, name: string): readonly Damage[] =>
    starts(stepBytes).map((at) => ({
      key: `${file} ${name} at ${at} zeroed`,
      fault: `F28 ${name} zeroed`,
      spoil: changed(file, (bytes) => void bytes.fill(0, at, Math.min(at + stepBytes, bytes.length))),
    }));
  return [
    ...bits.map(([at, bit]) => ({
      key: `${file} byte ${at} bit ${bit}`,
      fault: "F28 bit flipped",
      spoil: changed(file, (bytes) => void bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)),
    })),
    ...zeroed(4096, "page"),
    ...zeroed(512, "sector"),
    // A file without content is one that was never written to: like one that is gone, nobody can tell.
    ...starts(2048)
      .slice(1)
      .map((size) => ({
        key: `${file} cut to ${size}`,
        fault: "F28 file cut short",
        spoil: (journals: string) => truncateSync(join(journals, file), size),
      })),
  ];
}

/** What of the answers is neither that of the intact store nor a clear error. */
function wrong(answers: Answers | string, { answers: intact }: Base): readonly string[] {
  if (typeof answers === "string") return [answers.slice(0, 600)];
  return Object.entries(answers).flatMap(([question, answer]) => {
    if ("code" in answer)
      return /^E_STORE_(DAMAGED|NEWER|IO)$/.test(answer.code) ? [] : [`${question}: ${answer.code.slice(0, 400)}`];
    if (JSON.stringify(answer) === JSON.stringify(intact[question])) return [];
    return [`${question}: another answer, ${JSON.stringify(answer).slice(0, 200)}`];
  });
}

/** Whether each run is as it once was: fewer of its last events, or not there yet. */
function isEarlier(answers: Answers, { answers: intact }: Base): boolean {
  return ["first", "second", "rig"].every((run) => {
    const [now, then] = [answers[`events of ${run}`], intact[`events of ${run}`]].map((answer) =>
      answer !== undefined && "value" in answer ? (answer.value as readonly unknown[]) : undefined,
    );
    return now === undefined || JSON.stringify(now) === JSON.stringify(then?.slice(0, now.length));
  });
}

const counts = { refused: 0, same: 0, earlier: 0 };

async function damaged(
  base: Base,
  { spoil }: Damage,
  isLog: boolean,
  program: Program = {},
): Promise<readonly string[]> {
  const folder = copyOf(base.folder);
  try {
    spoil(journalsOf(folder));
    const answers = await ask(folder, program);
    const found = wrong(answers, base);
    if (typeof answers === "string") return found;
    const isRefused = Object.values(answers).some((answer) => "code" in answer);
    const isShorter = found.length > 0 && isLog && isEarlier(answers, base);
    counts[isRefused ? "refused" : isShorter ? "earlier" : "same"]++;
    return isShorter ? [] : found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function spoiled(ledger: Ledger, base: Base, name: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const size = readFileSync(join(journalsOf(base.folder), file)).length;
    await each(damagesOf(file, size), (damage) =>
      ledger.point(`${name} ${damage.key}`, (injected) => {
        injected(damage.fault);
        return damaged(base, damage, file.endsWith("-wal"));
      }),
    );
  }
}

/** Files that do not belong together, and files that are gone. */
const mixes = (yesterday: string): readonly Damage[] => [
  {
    key: "older journal with a newer log",
    fault: "F29 files of different times",
    spoil: (journals) => cpSync(yesterday, join(journals, "1.db")),
  },
  { key: "log deleted", fault: "F29 log deleted", spoil: (journals) => rmSync(join(journals, "1.db-wal")) },
  {
    key: "shared memory deleted",
    fault: "F29 shared memory deleted",
    spoil: (journals) => rmSync(join(journals, "1.db-shm"), { force: true }),
  },
  {
    key: "shared memory of zeros",
    fault: "F29 shared memory spoiled",
    spoil: (journals) => writeFileSync(join(journals, "1.db-shm"), Buffer.alloc(32768)),
  },
];

const credulous: readonly Patch[] = [
  ["rows.js", "throw damagedRow", "void damagedRow"],
  ["journal-reader.js", "throw damagedRow", "void damagedRow"],
];

async function planted(ledger: Ledger, base: Base): Promise<void> {
  const rig = patchedRig(credulous);
  const size = readFileSync(join(journalsOf(base.folder), "1.db")).length;
  const found: string[] = [];
  await each(damagesOf("1.db", size), async (damage) => {
    if (found.length === 0) found.push(...(await damaged(base, damage, false, { rig })));
  });
  ledger.planted("checksums are not heeded", found.length > 0);
}

test("damage: any bit, sector, page or length of a store's files: the same answers, or an error that says so", async () => {
  await campaign("damage", ["G16"], async (ledger) => {
    const folder = rigFolder();
    const yesterday = join(folder, "yesterday.db");
    await crashedStore(folder, yesterday);
    const crashed = await baseOf(folder);
    const settled = copyOf(folder);
    await workerDoes({ folder: settled, document: "retry.yml", mode: "resume" });
    const clean = await baseOf(settled);
    await spoiled(ledger, clean, "closed,", ["1.db"]);
    await spoiled(ledger, crashed, "killed,", ["1.db", "1.db-wal"]);
    await each(mixes(yesterday), (damage) =>
      ledger.point(damage.key, (injected) => {
        injected(damage.fault);
        return damaged(crashed, damage, true);
      }),
    );
    for (const [answer, count] of Object.entries(counts)) ledger.note(`stores that were ${answer}`, count);
    await planted(ledger, clean);
    for (const used of [folder, settled]) rmSync(used, { recursive: true, force: true });
  });
});
