// W2: durable per-step overhead. Each step's result (a ~30-byte JSON object) must be durable before the next step of
// the same run starts. Class D1: survives kill -9 of the process (in the page cache or in another process).
// Class D2: survives power loss (fdatasync/fsync or a server that does it before it answers).
// Adapter: export const klass = 'D1'|'D2'; export async function open(dir); run({runs, steps}) -> {ms}; close()?;
//   count()? -> number of durable step records of the last run, read back from the store.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
export const shapes = [
  { name: "chain-1000", runs: 1, steps: 1000, floor: "floor-fdatasync" },
  { name: "concurrent-1000x10", runs: 1000, steps: 10, floor: "floor-fdatasync-group" },
];
export const columns = ["class", "steps/s", "µs/step", "ms", "read back"];
export const key = "µs/step";
export async function measure(c, shape) {
  const dir = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-"));
  try {
    await c.open?.(dir, shape);
    const warm = shape.runs === 1 ? { runs: 1, steps: 60 } : { runs: 40, steps: shape.steps };
    await c.run({ ...shape, ...warm });
    const t = performance.now();
    const r = (await c.run(shape)) ?? {};
    const ms = r.ms ?? performance.now() - t;
    const n = shape.runs * shape.steps;
    const back = await c.count?.(shape, warm);
    if (back !== undefined && back < n) throw new Error(`Error ${back} of ${n} results are in the store`);
    await Promise.race([c.close?.(), new Promise((r) => setTimeout(r, 3000))]);
    return {
      class: c.klass,
      ms,
      steps: n,
      "µs/step": (ms * 1000) / n,
      "steps/s": (n / ms) * 1000,
      "read back": back ?? "",
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
// helper for adapters whose unit is `await commit(run, step, result)`
export async function drive(commit, { runs, steps }) {
  const one = async (r) => {
    for (let i = 0; i < steps; i++) {
      const v = await (async () => ({ run: r, step: i, ok: true }))();
      await commit(r, i, v);
    }
  };
  const t = performance.now();
  const all = [];
  for (let r = 0; r < runs; r++) all.push(one(r));
  await Promise.all(all);
  return { ms: performance.now() - t };
}
