import { defer, forkJoin, from, lastValueFrom, mergeMap, shareReplay } from "rxjs";
import { version as v } from "../../lib/version.mjs";
export const version = v("rxjs");
export async function run({ graph, step }) {
  const n = graph.n;
  const t0 = performance.now();
  const o = new Array(n);
  for (let i = 0; i < n; i++) {
    const f = step(i),
      p = graph.preds(i);
    const body = defer(() => from(f()));
    o[i] = (p.length ? forkJoin(Array.from(p, (x) => o[x])).pipe(mergeMap(() => body)) : body).pipe(shareReplay(1));
  }
  const t = performance.now();
  const subs = o.map((x) => lastValueFrom(x));
  await Promise.all(subs);
  return { ms: performance.now() - t, buildMs: t - t0 };
}
