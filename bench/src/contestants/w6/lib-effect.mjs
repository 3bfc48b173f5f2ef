import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node } from "./_yaml.mjs";
export const version = v("effect"),
  note = "import + 5 steps in code";
export function setup(dir) {
  const r = (m) => JSON.stringify(import.meta.resolve(m));
  writeFileSync(
    `${dir}/m.mjs`,
    `import{Effect}from${r("effect")};const p=(i)=>process.stdout.write(i===0?'@@first\\n':'step\\n'); await Effect.runPromise(Effect.forEach([0,1,2,3,4],(i)=>Effect.promise(async()=>p(i))))`,
  );
  return node(dir, "m.mjs");
}
