// NanoBrain's command line: steps that read a file each, in 100 lanes; their results are cached by what the files hold.
import { writeFileSync } from "node:fs";
import { commandLine, version } from "../../lib/ours.mjs";
import { inputs, preds } from "./_files.mjs";

export { version };

/** As many as fit a document's bounds (250,000 words and signs). */
const most = 7000;
export const note = `${most} FileReadSteps of one YAML document; compiled plan, journal, cache by content`;

export function setup(dir, wanted) {
  const n = Math.min(wanted, most);
  inputs(dir, n);
  const step = (_, i) => {
    const after = preds(i).map((before) => `, depends_on: [s${before}]`);
    return `  s${i}: { class: FileReadStep, config: { path: in/${i} }${after} }\n`;
  };
  const last = `links:\n  last: { class: DirectLink, config: { source: s${n - 1}.content, target: last } }\n`;
  const head = "name: lanes\noutput_data_units:\n  last: { class: DataUnitString }\nsteps:\n";
  writeFileSync(`${dir}/w.yml`, `${head}${Array.from({ length: n }, step).join("")}${last}`);
  return { cmd: process.execPath, args: [commandLine, "run", "w.yml", "--store", `${dir}/store`], cwd: dir, n };
}
