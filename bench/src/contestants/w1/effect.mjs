// One fiber per step; a Deferred per step carries completion.
import { Deferred, Effect } from "effect";
import { version as v } from "../../lib/version.mjs";
export const version = v("effect");
export async function run({ graph, step }) {
  const n = graph.n;
  const t = performance.now();
  const prog = Effect.gen(function* () {
    const d = new Array(n);
    for (let i = 0; i < n; i++) d[i] = yield* Deferred.make();
    const node = (i) => {
      const f = step(i),
        p = graph.preds(i);
      const body = Effect.flatMap(Effect.promise(f), (x) => Deferred.succeed(d[i], x));
      if (!p.length) return body;
      return Effect.flatMap(
        Effect.forEach(p, (x) => Deferred.await(d[x]), { discard: true }),
        () => body,
      );
    };
    yield* Effect.forEach(
      Array.from({ length: n }, (_, i) => i),
      node,
      { concurrency: "unbounded", discard: true },
    );
  });
  await Effect.runPromise(prog);
  return { ms: performance.now() - t };
}
