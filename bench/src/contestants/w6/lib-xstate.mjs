import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node } from "./_yaml.mjs";
export const version = v("xstate"),
  note = "import + 5 states in code";
export function setup(dir) {
  const r = (m) => JSON.stringify(import.meta.resolve(m));
  writeFileSync(
    `${dir}/m.mjs`,
    `import{createMachine,createActor,fromPromise,toPromise}from${r("xstate")};const p=(i)=>process.stdout.write(i===0?'@@first\\n':'step\\n'); const states={e:{type:'final'}};for(let i=0;i<5;i++)states['s'+i]={invoke:{src:fromPromise(async()=>p(i)),onDone:i<4?'s'+(i+1):'e'}};const a=createActor(createMachine({initial:'s0',states}));a.start();await toPromise(a)`,
  );
  return node(dir, "m.mjs");
}
