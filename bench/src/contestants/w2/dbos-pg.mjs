import { DBOS } from "@dbos-inc/dbos-sdk";
import pg from "pg";
import { version as v } from "../../lib/version.mjs";
export const version = v("@dbos-inc/dbos-sdk"),
  klass = "D2",
  note = "runStep; system database PostgreSQL";
let flow, last;
export async function open() {
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: process.env.PG_URL.replace(/\/bench$/, "/bench_dbos"),
    logLevel: "error",
    runAdminServer: false,
  });
  flow = DBOS.registerWorkflow(
    async (r, n) => {
      for (let i = 0; i < n; i++) await DBOS.runStep(async () => ({ run: r, step: i, ok: true }), { name: "s" });
      return n;
    },
    { name: "flow" },
  );
  await DBOS.launch();
}
export async function run({ runs, steps }) {
  const t = performance.now();
  const h = await Promise.all(Array.from({ length: runs }, (_, r) => DBOS.startWorkflow(flow)(r, steps)));
  await Promise.all(h.map((x) => x.getResult()));
  last = h.map((x) => x.workflowID);
  return { ms: performance.now() - t };
}
export async function count() {
  const c = new pg.Client({ connectionString: process.env.PG_URL.replace(/\/bench$/, "/bench_dbos") });
  await c.connect();
  const r = await c.query("select count(*) c from dbos.operation_outputs where workflow_uuid = any($1)", [last]);
  await c.end();
  return +r.rows[0].c;
}
export const close = () => DBOS.shutdown();
