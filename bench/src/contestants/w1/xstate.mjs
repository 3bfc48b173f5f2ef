import { createActor, createMachine, fromPromise, toPromise } from "xstate";
import { version as v } from "../../lib/version.mjs";
export const version = v("xstate");
export const supports = (s) => s.kind !== "random" && !(s.n > 10000);
export async function run({ graph, step, shape }) {
  const t0 = performance.now();
  const inv = (i, target) => ({ invoke: { src: fromPromise(step(i)), onDone: target } });
  const par = (ids, target) => ({
    type: "parallel",
    onDone: target,
    states: Object.fromEntries(
      ids.map((i) => [`r${i}`, { initial: "go", states: { go: inv(i, "ok"), ok: { type: "final" } } }]),
    ),
  });
  const states = { end: { type: "final" } };
  let initial;
  if (shape.kind === "chain") {
    initial = "s0";
    for (let i = 0; i < graph.n; i++) states[`s${i}`] = inv(i, i + 1 < graph.n ? `s${i + 1}` : "end");
  } else if (shape.kind === "fanout") {
    initial = "a";
    states.a = inv(0, "b");
    states.b = par(
      Array.from({ length: shape.n }, (_, k) => k + 1),
      "c",
    );
    states.c = inv(shape.n + 1, "end");
  } else {
    initial = "l0";
    for (let d = 0; d < shape.depth; d++)
      states[`l${d}`] = par(
        Array.from({ length: shape.width }, (_, k) => d * shape.width + k),
        d + 1 < shape.depth ? `l${d + 1}` : "end",
      );
  }
  const m = createMachine({ id: "m", initial, states });
  const t = performance.now();
  const a = createActor(m);
  a.start();
  await toPromise(a);
  return { ms: performance.now() - t, buildMs: t - t0 };
}
