// W1: in-memory engine overhead with no-op async steps.
// Adapter: export function supports(shape)?; export async function run({graph, step}) -> {buildMs, ms}
//   step(i) returns the async function of node i; it must be called once, after all predecessors ended.
import { make } from "../lib/graph.mjs";
import { median } from "../lib/stats.mjs";

const nodeArgs = ["--max-old-space-size=6000"];
export const shapes = [
  { name: "chain-1000", kind: "chain", n: 1000 },
  { name: "fanout-1000", kind: "fanout", n: 1000 },
  { name: "layers-50x20", kind: "layers", depth: 50, width: 20 },
  { name: "random-10k-30k", kind: "random", n: 10000, m: 30000 },
  ...[100, 1000, 10000, 100000].map((n) => ({ name: `grow-chain-${n}`, kind: "chain", n, mem: true, nodeArgs })),
  ...[100, 1000, 10000, 100000].map((n) => ({
    name: `grow-random-${n}`,
    kind: "random",
    n,
    m: 3 * n,
    mem: true,
    nodeArgs,
  })),
  // one run, for those who can
  { name: "chain-1M", kind: "chain", n: 1_000_000, nodeArgs: ["--max-old-space-size=12000"], rounds: 1 },
];
export const columns = ["µs/step", "build µs/step", "plan µs/step", "live B/step", "reps"];
export const key = "µs/step";
export const floor = "floor-promise-all";

export async function measure(c, shape) {
  const graph = make(shape);
  const n = graph.n;
  let checkedMs = 0;
  let planMs = Number.NaN;
  // 1. checked run: every step sees all its predecessors done, each step runs exactly once
  {
    const done = new Uint8Array(n);
    let runs = 0,
      bad = 0;
    const step = (i) => async () => {
      const { predOff, predIdx } = graph;
      for (let k = predOff[i]; k < predOff[i + 1]; k++) if (!done[predIdx[k]]) bad++;
      runs++;
      await null;
      if (done[i]) bad++;
      done[i] = 1;
      return i;
    };
    const t = performance.now();
    planMs = (await c.run({ graph, step, shape })).planMs ?? planMs;
    checkedMs = performance.now() - t - (planMs || 0);
    if (bad || runs !== n) throw new Error(`Error wrong order or count: bad=${bad} runs=${runs} of ${n}`);
  }
  // a slow contestant, or a graph of a million steps, gets this one (cold, checked) run only: the process limit bounds a single run
  if (checkedMs > 4000 || n >= 1_000_000)
    return {
      "µs/step": (checkedMs * 1000) / n,
      "build µs/step": NaN,
      "plan µs/step": (planMs * 1000) / n,
      ms: checkedMs,
      steps: n,
      reps: 1,
      "live B/step": NaN,
    };
  // 2. timed runs
  let count = 0;
  const noop = async () => {
    count++;
  };
  const step = () => noop;
  const ms = [],
    build = [];
  const t0 = performance.now();
  const budget = 1500,
    maxReps = 60;
  let reps = 0;
  do {
    count = 0;
    globalThis.gc?.();
    const r = await c.run({ graph, step, shape });
    if (count !== n) throw new Error(`Error count ${count} of ${n}`);
    ms.push(r.ms);
    build.push(r.buildMs ?? 0);
    reps++;
  } while (reps < 3 || (performance.now() - t0 < budget && reps < maxReps));
  const warm = Math.floor(ms.length / 3);
  const tot = median(ms.slice(warm)),
    b = median(build.slice(warm));
  const out = { "µs/step": ((tot + b) * 1000) / n, "build µs/step": (b * 1000) / n, ms: tot, steps: n, reps };
  out["plan µs/step"] = (planMs * 1000) / n;
  // 3. live memory half-way through a run (forced collection inside a step)
  if (shape.mem || n <= 20000) {
    globalThis.gc();
    globalThis.gc();
    const mu = () => {
      const m = process.memoryUsage();
      return m.heapUsed + m.external;
    };
    const base = mu();
    let seen = 0,
      live = 0;
    const half = n >> 1;
    await c.run({
      graph,
      shape,
      step: () => async () => {
        if (++seen === half) {
          globalThis.gc();
          live = mu() - base;
        }
      },
    });
    out["live B/step"] = live / n;
  }
  return out;
}
