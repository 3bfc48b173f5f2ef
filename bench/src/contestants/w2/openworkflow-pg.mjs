import { OpenWorkflow } from "openworkflow";
import { BackendPostgres } from "openworkflow/postgres";
import { version as v } from "../../lib/version.mjs";
export const version = v("openworkflow"),
  klass = "D2",
  note = "timed to the end of the workflow functions (result polling left out)";
let backend, ow, flow, worker, left, fin, t;
export async function open(_dir, shape) {
  backend = await BackendPostgres.connect(process.env.PG_URL, { namespaceId: `b${Date.now()}` });
  ow = new OpenWorkflow({ backend });
  flow = ow.defineWorkflow({ name: "flow" }, async ({ input, step }) => {
    for (let i = 0; i < input.n; i++)
      await step.run({ name: `s${i}` }, async () => ({ run: input.r, step: i, ok: true }));
    if (--left === 0) fin();
    return input.n;
  });
  worker = ow.newWorker({ concurrency: shape.runs === 1 ? 1 : 200 });
  await worker.start();
}
export async function run({ runs, steps }) {
  left = runs;
  const done = new Promise((r) => (fin = r));
  t = performance.now();
  await Promise.all(Array.from({ length: runs }, (_, r) => flow.run({ r, n: steps })));
  await done;
  return { ms: performance.now() - t };
}
export const close = () => worker.stop();
