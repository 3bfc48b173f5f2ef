// Floor: one CommonJS file, the workflow as JSON.
import { writeFileSync } from "node:fs";
import { node } from "./_yaml.mjs";
export const version = `node ${process.versions.node}`,
  note = "one CommonJS file, JSON workflow";
export function setup(dir) {
  writeFileSync(
    `${dir}/w.json`,
    JSON.stringify({ steps: [1, 2, 3, 4, 5].map((i) => ({ id: `s${i}`, text: i === 1 ? "@@first" : "step" })) }),
  );
  writeFileSync(
    `${dir}/m.cjs`,
    `const w=JSON.parse(require('fs').readFileSync('w.json','utf8'));(async()=>{for(const s of w.steps)await(async()=>{process.stdout.write(s.text+'\\n')})()})()`,
  );
  return node(dir, "m.cjs");
}
