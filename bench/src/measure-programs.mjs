// Workloads measured from outside: a whole program from its spawn to its first step (w6) and to its exit.
// Adapter: setup(dir, n) -> {cmd, args, cwd?, env?, prime? (untimed runs first, 1), primeArgs?, before?(), first? (text that says that step 1 was done), n?}
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { contestantsOf, fileOf, lacking, reasonOf } from "./lib/contestants.mjs";
import { endGroup } from "./lib/end-group.mjs";
import { ranked } from "./lib/rows.mjs";
import { median } from "./lib/stats.mjs";

const workloads = {
  w6: { shape: "cold-start", n: 5, key: "first step ms", floor: "node-json" },
  start: { shape: "big-store", n: 1_000_000, key: "first step ms", floor: "empty-store" },
  w7: { shape: "no-op-10k", n: 10_000, key: "µs/step", floor: "floor-stat" },
};
export const columns = {
  w6: ["first step ms", "exit ms"],
  start: ["first step ms", "exit ms"],
  w7: ["steps", "first run ms", "no-op rerun ms", "µs/step"],
};

/** `n`: how many steps, or finished runs; default: as the goals say. */
export async function measurePrograms(workload, { only, n: wanted, rounds = 5, timeoutMs = 120_000, say }) {
  const { shape, key, floor, n } = { ...workloads[workload], ...(wanted === undefined ? {} : { n: wanted }) };
  const root = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-programs-"));
  try {
    const prepared = [];
    for (const name of contestantsOf(workload, only)) {
      prepared.push(await prepare(workload, name, path.join(root, name), n, timeoutMs));
      say(`${workload} ${name} ready ${prepared.at(-1).failed ?? ""}`);
    }
    for (let round = 0; round < rounds; round++) await measureRound(prepared, round, timeoutMs, say);
    const rows = prepared.map((one) => rowOf(workload, one, n, root));
    return { [shape]: ranked(rows, key, "low", floor) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function prepare(workload, name, folder, n, timeoutMs) {
  const failed = lacking(workload, name);
  if (failed !== undefined) return { name, adapter: {}, failed };
  mkdirSync(folder);
  try {
    const adapter = await import(pathToFileURL(fileOf(workload, name)).href);
    const program = await adapter.setup(folder, n);
    const one = { name, adapter, program, runs: [] };
    for (let i = 0; i < (program.prime ?? 1); i++) {
      program.before?.();
      const ended = await go({ ...program, args: program.primeArgs ?? program.args }, timeoutMs);
      one.coldMs ??= ended.ms;
      if (ended.code !== 0) return { ...one, failed: endOf(ended, timeoutMs) };
    }
    return one;
  } catch (error) {
    return { name, adapter: {}, failed: reasonOf(String(error)) };
  }
}

async function measureRound(prepared, round, timeoutMs, say) {
  for (let i = 0; i < prepared.length; i++) {
    const one = prepared[(i + round) % prepared.length];
    if (one.failed !== undefined) continue;
    one.program.before?.();
    const ended = await go(one.program, timeoutMs);
    if (ended.code === 0) one.runs.push(ended);
    else one.failed = endOf(ended, timeoutMs);
    say(`${one.name} first ${ended.firstMs.toFixed(1)} ms, exit ${ended.ms.toFixed(1)} ms`);
  }
}

function endOf({ code, out }, timeoutMs) {
  return code === null ? `not done in ${timeoutMs / 1000} s` : reasonOf(`Error exits ${code}: ${out}`);
}

/** From spawn to the first byte that says that step 1 was done, and to the exit. */
function go({ cmd, args, cwd, env, first = "@@first" }, timeoutMs) {
  const began = performance.now();
  const child = spawn(cmd, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let firstMs = Number.NaN;
  let out = "";
  const see = (data) => {
    if (out.length < 200_000) out += data;
    if (Number.isNaN(firstMs) && out.includes(first)) firstMs = performance.now() - began;
  };
  child.stdout.on("data", see);
  child.stderr.on("data", see);
  const limit = setTimeout(() => endGroup(child.pid), timeoutMs);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ firstMs, ms: Number.NaN, code: -1, out: String(error) }));
    child.on("close", (code) => {
      clearTimeout(limit);
      resolve({ firstMs, ms: performance.now() - began, code, out });
    });
  });
}

function rowOf(workload, { name, adapter, program, runs = [], failed, coldMs }, n, root) {
  if (failed !== undefined) return { contestant: name, failed: failed.replaceAll(root, "") };
  const { version, note } = adapter;
  const ms = median(runs.map((run) => run.ms));
  const steps = program.n ?? n;
  const figures =
    workload !== "w7"
      ? { "first step ms": median(runs.map((run) => run.firstMs)), "exit ms": ms }
      : { steps, "first run ms": coldMs, "no-op rerun ms": ms, "µs/step": (ms * 1000) / steps };
  return { contestant: name, version, rounds: runs.length, ...figures, ...(note === undefined ? {} : { note }) };
}
