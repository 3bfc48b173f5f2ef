import { Mastra } from "@mastra/core";
import { createStep, createWorkflow } from "@mastra/core/workflows";
import { LibSQLStore } from "@mastra/libsql";
import { z } from "zod";
import { version as v } from "../../lib/version.mjs";
export const version = `${v("@mastra/core")} / ${v("@mastra/libsql")}`,
  klass = "D1",
  note = "snapshot of the whole run per step";
let store;
const any = z.any();
export function open(dir) {
  store = new LibSQLStore({ url: `file:${dir}/m.db` });
}
const made = {};
function wf(steps) {
  // not async: a workflow object has a `then` method
  if (made[steps]) return made[steps];
  let w = createWorkflow({ id: `w${steps}`, inputSchema: any, outputSchema: any });
  for (let i = 0; i < steps; i++)
    w = w.then(
      createStep({ id: `s${i}`, inputSchema: any, outputSchema: any, execute: async () => ({ step: i, ok: true }) }),
    );
  w.commit();
  const m = new Mastra({ storage: store, workflows: { w }, logger: false });
  return (made[steps] = m.getWorkflow("w"));
}
export async function run({ runs, steps }) {
  const w = wf(steps);
  const t = performance.now();
  await Promise.all(
    Array.from({ length: runs }, async () => {
      const r = await (await w.createRunAsync()).start({ inputData: 0 });
      if (r.status !== "success") throw new Error(`Error ${r.status}`);
    }),
  );
  return { ms: performance.now() - t };
}
