// Effect's natural chain: sequential forEach in one fiber (chain shape only).
import { Effect } from "effect";
import { version as v } from "../../lib/version.mjs";
export const version = v("effect");
export const supports = (s) => s.kind === "chain";
export async function run({ graph, step }) {
  const t = performance.now();
  await Effect.runPromise(
    Effect.forEach(
      Array.from({ length: graph.n }, (_, i) => i),
      (i) => Effect.promise(step(i)),
      { discard: true },
    ),
  );
  return { ms: performance.now() - t };
}
