// One job per step; the handler stores the result and queues the next job in the job's own transaction style (addJob).
import { makeWorkerUtils, run as start } from "graphile-worker";
import pg from "pg";
import { version as v } from "../../lib/version.mjs";
export const version = v("graphile-worker"),
  klass = "D2",
  note = "job per step, each queues the next";
let pool,
  runner,
  utils,
  left,
  fin,
  _steps = 0;
export async function open(_dir, shape) {
  pool = new pg.Pool({ connectionString: process.env.PG_URL, max: 24 });
  utils = await makeWorkerUtils({ pgPool: pool });
  await utils.migrate();
  await pool.query("delete from graphile_worker._private_jobs");
  runner = await start({
    pgPool: pool,
    concurrency: shape.runs === 1 ? 1 : 20,
    pollInterval: 1000,
    noHandleSignals: true,
    logger: undefined,
    taskList: {
      step: async (p, h) => {
        if (p.i + 1 < p.n) await h.addJob("step", { r: p.r, i: p.i + 1, n: p.n, prev: { step: p.i, ok: true } });
        else if (--left === 0) fin();
      },
    },
  });
}
export async function run({ runs, steps: n }) {
  left = runs;
  const done = new Promise((r) => (fin = r));
  const t = performance.now();
  await utils.addJobs(Array.from({ length: runs }, (_, r) => ({ identifier: "step", payload: { r, i: 0, n } })));
  await done;
  return { ms: performance.now() - t };
}
export const close = async () => {
  await runner.stop();
  await pool.end();
};
