import { writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { node, wf } from "./_yaml.mjs";
export const version = `yaml ${v("yaml")}`,
  note = "ES module + yaml, no engine";
export function setup(dir) {
  writeFileSync(`${dir}/w.yml`, wf);
  const u = import.meta.resolve("yaml");
  writeFileSync(
    `${dir}/m.mjs`,
    `import y from ${JSON.stringify(u)};import{readFileSync}from'node:fs';const w=y.parse(readFileSync('w.yml','utf8'));for(const k in w.steps)await(async()=>process.stdout.write(w.steps[k].config.text+'\\n'))()`,
  );
  return node(dir, "m.mjs");
}
