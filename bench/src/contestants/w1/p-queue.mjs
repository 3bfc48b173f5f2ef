// p-queue as the executor, with the usual hand-kept in-degree counters around it.
import PQueue from "p-queue";
import { version as v } from "../../lib/version.mjs";
export const version = v("p-queue");
export async function run({ graph, step }) {
  const n = graph.n,
    f = new Array(n);
  for (let i = 0; i < n; i++) f[i] = step(i);
  const { succOff, succIdx, predOff } = graph;
  const t = performance.now();
  const q = new PQueue({ concurrency: Infinity });
  const indeg = new Int32Array(n);
  let left = n,
    fin;
  const all = new Promise((r) => (fin = r));
  const go = (i) =>
    q.add(f[i]).then(() => {
      for (let k = succOff[i]; k < succOff[i + 1]; k++) if (--indeg[succIdx[k]] === 0) go(succIdx[k]);
      if (--left === 0) fin();
    });
  for (let i = 0; i < n; i++) indeg[i] = predOff[i + 1] - predOff[i];
  for (let i = 0; i < n; i++) if (predOff[i + 1] === predOff[i]) go(i);
  await all;
  return { ms: performance.now() - t };
}
