import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node } from "./_yaml.mjs";
export const version = v("@mastra/core"),
  note = "import + 5 steps in code";
export function setup(dir) {
  const r = (m) => JSON.stringify(import.meta.resolve(m));
  writeFileSync(
    `${dir}/m.mjs`,
    `import{createWorkflow,createStep}from${r("@mastra/core/workflows")};import{z}from${r("zod")};const p=(i)=>process.stdout.write(i===0?'@@first\\n':'step\\n'); const any=z.any();let w=createWorkflow({id:'w',inputSchema:any,outputSchema:any});for(let i=0;i<5;i++)w=w.then(createStep({id:'s'+i,inputSchema:any,outputSchema:any,execute:async()=>{p(i);return i}}));w.commit();const run=await w.createRunAsync();await run.start({inputData:0});process.exit(0)`,
  );
  return node(dir, "m.mjs");
}
