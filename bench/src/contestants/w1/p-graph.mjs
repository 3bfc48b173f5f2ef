import pg from "p-graph";
import { version as v } from "../../lib/version.mjs";

const PGraph = pg.PGraph;
export const version = v("p-graph");
export async function run({ graph, step }) {
  const t0 = performance.now();
  const nodes = new Map(),
    deps = [];
  for (let i = 0; i < graph.n; i++) {
    nodes.set(`s${i}`, { run: step(i) });
    for (const p of graph.preds(i)) deps.push([`s${p}`, `s${i}`]);
  }
  const g = new PGraph(nodes, deps);
  const t = performance.now();
  await g.run();
  return { ms: performance.now() - t, buildMs: t - t0 };
}
