import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../adapters/clock/system-clock.js";
import type { Clock } from "../../contracts/clock.js";
import { createRuntime } from "../create-runtime.js";
import type { RunResult, Runtime } from "../runtime.js";

const dayMs = 864e5;

/** Makes a file of its own for each word, and a text too large for the journal. */
const document = `name: writer
input_data_units: { word: { class: DataUnitString } }
output_data_units: { file: { class: DataUnitMemory }, long: { class: DataUnitMemory } }
steps:
  make:
    class: CommandStep
    cache: run
    config: { command: [node, -e, "require('fs').writeFileSync('w.txt', process.argv[1]); console.log(process.argv[1].repeat(20000))", "{{ word }}"], files_out: { made: w.txt } }
    inputs: { word: { from: word } }
links:
  f: { class: DirectLink, config: { source: make.files, target: file } }
  l: { class: DirectLink, config: { source: make.stdout, target: long } }
`;

let folder: string;
const opened: Runtime[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-prune-"));
  writeFileSync(join(folder, "writer.yml"), document);
});
afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close({ drainMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

/** A process on the store, so many days ago. */
async function process(daysAgo: number): Promise<Runtime> {
  const shiftMs = daysAgo * dayMs;
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() - shiftMs,
    wake: (at, callback) => systemClock.wake(at + shiftMs, callback),
  };
  const runtime = await createRuntime({ store: join(folder, "store"), clock });
  opened.push(runtime);
  return runtime;
}

async function run(daysAgo: number, word: string): Promise<RunResult> {
  const runtime = await process(daysAgo);
  const result = await (await runtime.start(await runtime.load(join(folder, "writer.yml")), { word })).result();
  expect(result.failures).toEqual([]);
  await runtime.close();
  for (const path of blobs())
    utimesSync(path, new Date(Date.now() - daysAgo * dayMs), new Date(Date.now() - daysAgo * dayMs));
  return result;
}

function blobs(): readonly string[] {
  return readdirSync(join(folder, "store/blobs"), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

const keepMs = 30 * dayMs;

it("prune: old ended runs go with what only they used; what runs that stay use, also through the cache, stays", async () => {
  const one = await run(40, "one");
  const two = await run(40, "two");
  const young = await run(20, "one");
  expect(young.steps["make"]?.cached).toBe(true);
  const before = blobs().length;
  const runtime = await process(0);
  const dry = await runtime.prune({ keepMs, dryRun: true });
  expect(dry.runs.map((gone) => gone.id).sort()).toEqual([one.run_id, two.run_id].sort());
  expect(blobs()).toHaveLength(before);
  expect(await runtime.store.runs()).toHaveLength(3);
  const pruned = await runtime.prune({ keepMs });
  expect(pruned.runs).toHaveLength(2);
  expect([pruned.cacheEntries, pruned.blobs, dry.blobs, before]).toEqual([1, 2, 2, 4]);
  expect(pruned.freedBytes).toBeGreaterThan(60_000);
  expect((await runtime.store.runs()).map((left) => left.id)).toEqual([young.run_id]);
  expect((await runtime.look(young.run_id)).summary.status).toBe("completed");
  for (const handle of Object.values(young.outputs)) expect(handle).toBeDefined();
  const again = await runtime.start(await runtime.load(join(folder, "writer.yml")), { word: "one" });
  const result = await again.result();
  expect([result.steps["make"]?.cached, String(result.outputs["long"]).length]).toEqual([true, 60_001]);
  const anew = await (await runtime.start(await runtime.load(join(folder, "writer.yml")), { word: "two" })).result();
  expect(anew.steps["make"]?.cached).toBe(false);
  expect(await runtime.prune({ keepMs })).toMatchObject({
    runs: [],
    kept: [],
    cacheEntries: 0,
    blobs: 0,
    freedBytes: 0,
  });
});

it("prune: a run that one which stays was forked from is kept, and said", async () => {
  const one = await run(40, "one");
  const runtime = await process(0);
  const fork = await runtime.rerun(one.run_id, "make");
  await fork.result();
  const pruned = await runtime.prune({ keepMs });
  expect(pruned).toMatchObject({
    runs: [],
    kept: [{ run: { id: one.run_id }, reason: "a run that stays was forked from it" }],
  });
});

it("prune: while another process holds runs, its journal and what was in use until now are left alone", async () => {
  const [one, two] = [await run(40, "one"), await run(40, "two")];
  const other = await process(0);
  await (await other.start(await other.load(join(folder, "writer.yml")), { word: "three" })).result();
  const runtime = await process(0);
  const pruned = await runtime.prune({ keepMs });
  const gone = new Set(pruned.runs.map((each) => each.id));
  const kept = new Set(pruned.kept.map(({ run: each }) => each.id));
  expect([...gone, ...kept].sort()).toEqual([one.run_id, two.run_id].sort());
  expect(pruned.blobs).toBe(0);
  expect((await other.store.runs()).length).toBe(3 - gone.size);
});

it("prune: an unfinished run stays, however old", async () => {
  const runtime = await process(40);
  const started = await runtime.start(await runtime.load(join(folder, "writer.yml")), { word: "one" });
  await started.pause();
  await runtime.close({ drainMs: 0 });
  const now = await process(0);
  expect((await now.prune({ keepMs })).runs).toEqual([]);
  expect(await now.store.find(started.id)).toMatchObject({ id: started.id });
});
