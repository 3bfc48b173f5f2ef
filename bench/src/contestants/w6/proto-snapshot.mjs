// Start-up snapshot: the YAML parser (and an engine) already in the heap when the process starts.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { wf } from "./_yaml.mjs";
export const version = "prototype",
  note = "V8 start-up snapshot with js-yaml inside";
export function setup(dir) {
  writeFileSync(`${dir}/w.yml`, wf);
  const base = new URL("../../../node_modules/js-yaml/", import.meta.url);
  const d = readdirSync(new URL("dist/", base));
  const umd =
    d.find((f) => /^js-yaml\.(cjs\.)?js$/.test(f)) ??
    d.find((f) => /\.cjs(\.js)?$/.test(f)) ??
    d.find((f) => /umd/.test(f));
  const src = readFileSync(new URL(`dist/${umd}`, base), "utf8");
  writeFileSync(
    `${dir}/e.js`,
    `const module_={exports:{}};(function(module,exports){${src}\n})(module_,module_.exports);const y=module_.exports.load?module_.exports:globalThis.jsyaml;y.load('a: [1, {b: c}]');const fs=require('fs');
require('v8').startupSnapshot.setDeserializeMainFunction(async()=>{const w=y.load(fs.readFileSync('w.yml','utf8'));for(const k in w.steps)await(async()=>process.stdout.write(w.steps[k].config.text+'\\n'))()});`,
  );
  execFileSync(process.execPath, ["--snapshot-blob", "s.blob", "--build-snapshot", "e.js"], {
    cwd: dir,
    stdio: "pipe",
  });
  return { cmd: process.execPath, args: ["--no-warnings", "--snapshot-blob", "s.blob", "main"], cwd: dir };
}
