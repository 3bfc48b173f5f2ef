// Workloads measured inside a process: one process for each contestant, shape and round. Contestants are interleaved inside a
// round and their order is rotated from round to round, so that drift of a shared machine falls on all of them alike.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { contestantsOf, fileOf, lacking, reasonOf } from "./lib/contestants.mjs";
import { endGroup } from "./lib/end-group.mjs";
import { rowsOf } from "./lib/rows.mjs";

const child = fileURLToPath(new URL("child.mjs", import.meta.url));

/** Rows by shape; a contestant without figures has the reason as its note. */
export async function measureWorkload(workload, { only, shapes: wanted, rounds = 3, timeoutMs = 120_000, say }) {
  const definition = await import(`./workloads/${workload}.mjs`);
  const shapes = definition.shapes.filter((shape) => wanted === undefined || wanted.includes(shape.name));
  const names = contestantsOf(workload, only);
  const found = new Map(shapes.map((shape) => [shape.name, new Map(names.map((name) => [name, []]))]));
  for (let round = 0; round < rounds; round++) {
    for (const shape of shapes) {
      const results = found.get(shape.name);
      if (round >= (shape.rounds ?? rounds)) continue;
      for (const name of rotated(names, round))
        await measureNext(workload, shape, name, results.get(name), timeoutMs, say);
    }
  }
  return Object.fromEntries(shapes.map((shape) => [shape.name, rowsOf(definition, shape, found.get(shape.name))]));
}

const rotated = (names, by) => names.slice(by % names.length).concat(names.slice(0, by % names.length));

async function measureNext(workload, shape, name, results, timeoutMs, say) {
  if (results.some((one) => one.error !== undefined || one.skip !== undefined)) return;
  const lack = lacking(workload, name);
  const result = lack === undefined ? await measureOnce(workload, shape, name, timeoutMs) : { error: lack };
  results.push(result);
  say(`${workload} ${shape.name} ${name} ${JSON.stringify(result).slice(0, 160)}`);
}

/** One process. Its figures, or `error`. */
function measureOnce(workload, shape, name, timeoutMs) {
  const args = ["--expose-gc", "--no-warnings", ...(shape.nodeArgs ?? []), child, workload];
  const started = spawn(process.execPath, [...args, fileOf(workload, name), JSON.stringify(shape)], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let out = "";
  let complaints = "";
  let late = false;
  started.stdout.on("data", (data) => (out += data));
  started.stderr.on("data", (data) => (complaints += data));
  const limit = setTimeout(() => {
    late = true;
    endGroup(started.pid);
  }, timeoutMs);
  return new Promise((resolve) => {
    started.on("close", (code) => {
      clearTimeout(limit);
      resolve(late ? { error: `not done in ${timeoutMs / 1000} s` } : said(out, complaints, code));
    });
  });
}

function said(out, complaints, code) {
  const line = out
    .split("\n")
    .reverse()
    .find((one) => one.startsWith("@@"));
  if (line === undefined) return { error: reasonOf(`Error exit ${code}: ${complaints || out}`) };
  const result = JSON.parse(line.slice(2));
  return result.error === undefined ? result : { error: reasonOf(result.error) };
}
