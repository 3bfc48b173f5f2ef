import async from "async";
import { version as v } from "../../lib/version.mjs";
export const version = v("async");
export async function run({ graph, step }) {
  const t0 = performance.now();
  const tasks = {};
  for (let i = 0; i < graph.n; i++) {
    const f = step(i),
      p = graph.preds(i);
    const fn = async.asyncify(f);
    const body = p.length ? (_res, cb) => fn(cb) : (cb) => fn(cb);
    tasks[`s${i}`] = p.length ? [...Array.from(p, (x) => `s${x}`), body] : body;
  }
  const t = performance.now();
  await async.auto(tasks);
  return { ms: performance.now() - t, buildMs: t - t0 };
}
