import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node } from "./_yaml.mjs";
export const version = v("@dbos-inc/dbos-sdk"),
  note = "import, launch on PostgreSQL, 5 steps";
export function setup(dir) {
  const r = (m) => JSON.stringify(import.meta.resolve(m));
  writeFileSync(
    `${dir}/m.mjs`,
    `import{DBOS}from${r("@dbos-inc/dbos-sdk")};const p=(i)=>process.stdout.write(i===0?'@@first\\n':'step\\n'); DBOS.setConfig({name:'cold',systemDatabaseUrl:process.env.PG_URL.replace(/bench$/,'bench_dbos'),logLevel:'error',runAdminServer:false});const f=DBOS.registerWorkflow(async()=>{for(let i=0;i<5;i++)await DBOS.runStep(async()=>p(i),{name:'s'})},{name:'cold'});await DBOS.launch();await f();await DBOS.shutdown();process.exit(0)`,
  );
  return node(dir, "m.mjs");
}
