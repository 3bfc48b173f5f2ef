// Records small stores of every shape of the crash rig as fixtures for every later version: finished, and killed in the middle.
// `node scripts/record-journals.mjs VERSION`: writes test/journals/VERSION/*.json.gz. Needs a build.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { backupStore, createRuntime } from "../packages/engine/dist/index.js";
import { summarize } from "../packages/engine/dist/observe/index.js";

const root = join(import.meta.dirname, "..");
const rig = join(root, "test/crash-rig");
const [version = "0.1", ...only] = process.argv.slice(2);
const target = join(root, "test/journals", version);

const shapes = [
  "chain",
  "fan",
  "diamond",
  "branch",
  "queue",
  "loop",
  "timer",
  "retry",
  "stopped",
  "rollback",
  "nested",
  "agent",
  "mixed",
  "waiting",
  "reacting",
];

/** What a run's steps note outside of its store. */
const sideFiles = ["witness", "undone", "inbox/a.txt", "inbox/b.txt"];

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-record-"));
  cpSync(join(rig, "shapes"), folder, { recursive: true });
  mkdirSync(join(folder, "inbox"));
  for (const name of ["a.txt", "b.txt"]) writeFileSync(join(folder, "inbox", name), name);
  return folder;
}

function child(folder, shape, mode, killAt = 0) {
  const { stderr, status } = spawnSync(
    process.execPath,
    [join(rig, "child.mjs"), folder, `${shape}.yml`, mode, String(killAt), ""],
    { encoding: "utf8" },
  );
  if (status !== null && status !== 0) throw new Error(`${shape} ${mode}: ${stderr}`);
}

/** Goes on until the run has ended; what it came to. */
function finish(folder, shape, mode) {
  child(folder, shape, mode);
  for (let round = 0; round < 4 && !existsSync(join(folder, "finished")); round++) {
    if (shape === "waiting") child(folder, shape, "answer");
    child(folder, shape, "resume");
  }
  return JSON.parse(readFileSync(join(folder, "finished"), "utf8").trim().split("\n").at(-1));
}

async function record(folder, shape, kind, expected) {
  const copy = join(folder, "copy");
  await backupStore(join(folder, ".nanobrain"), copy);
  const runtime = await createRuntime({ store: copy });
  const { plan, events } = await runtime.look("rig");
  await runtime.close();
  const paths = readdirSync(copy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/-(wal|shm)$/.test(entry.name))
    .map((entry) => relative(copy, join(entry.parentPath, entry.name)));
  const side = sideFiles.filter((path) => existsSync(join(folder, path)));
  const fixture = {
    version,
    shape,
    kind,
    expected,
    events: events.length,
    sha256: createHash("sha256").update(JSON.stringify(events)).digest("hex"),
    planHash: plan.hash,
    summary: summarize(plan, events),
    side: Object.fromEntries(side.map((path) => [path, readFileSync(join(folder, path), "utf8")])),
    files: Object.fromEntries(paths.map((path) => [path, readFileSync(join(copy, path)).toString("base64")])),
  };
  rmSync(copy, { recursive: true });
  const bytes = gzipSync(JSON.stringify(fixture), { level: 9 });
  writeFileSync(join(target, `${shape}-${kind}.json.gz`), bytes);
  process.stdout.write(`${shape}-${kind}: ${events.length} events, ${bytes.length} bytes\n`);
  return events.length;
}

/** Asks for a pause while nobody drives the run: it is journaled by the asker. */
async function pause(folder) {
  const runtime = await createRuntime({ store: join(folder, ".nanobrain") });
  await (await runtime.attach("rig")).pause();
  await runtime.close();
}

mkdirSync(target, { recursive: true });
for (const shape of only.length > 0 ? only : shapes) {
  const folder = newFolder();
  const expected = finish(folder, shape, "run");
  const count = await record(folder, shape, "finished", expected);
  rmSync(folder, { recursive: true });
  const broken = newFolder();
  child(broken, shape, "run", Math.ceil(count / 2));
  await record(broken, shape, "open", expected);
  if (shape === "chain") {
    await pause(broken);
    await record(broken, shape, "paused", expected);
  }
  rmSync(broken, { recursive: true });
}
