import { createStep, createWorkflow } from "@mastra/core/workflows";
import { z } from "zod";
import { version as v } from "../../lib/version.mjs";
export const version = v("@mastra/core");
export const supports = (s) => s.kind !== "random";
const any = z.any();
export async function run({ graph, step, shape }) {
  const t0 = performance.now();
  const mk = (i) => {
    const f = step(i);
    return createStep({
      id: `s${i}`,
      inputSchema: any,
      outputSchema: any,
      execute: async () => {
        await f();
        return i;
      },
    });
  };
  let w = createWorkflow({ id: "w", inputSchema: any, outputSchema: any, options: { validateInputs: false } });
  if (shape.kind === "chain") for (let i = 0; i < graph.n; i++) w = w.then(mk(i));
  else if (shape.kind === "fanout") {
    w = w
      .then(mk(0))
      .parallel(Array.from({ length: shape.n }, (_, k) => mk(k + 1)))
      .then(mk(shape.n + 1));
  } else
    for (let d = 0; d < shape.depth; d++)
      w = w.parallel(Array.from({ length: shape.width }, (_, k) => mk(d * shape.width + k)));
  const wf = w.commit();
  const run = await (wf.createRunAsync ?? wf.createRun).call(wf);
  const t = performance.now();
  const r = await run.start({ inputData: 0 });
  if (r.status !== "success")
    throw new Error(`Error mastra ${r.status} ${JSON.stringify(r.error ?? "").slice(0, 200)}`);
  return { ms: performance.now() - t, buildMs: t - t0 };
}
