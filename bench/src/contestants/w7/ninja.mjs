import { writeFileSync } from "node:fs";
import { inputs, preds } from "./_files.mjs";
export const version = "1.11.1 (Debian)",
  note = "mtimes + command hashes; the first run executes all steps";
export function setup(dir, n) {
  inputs(dir, n);
  let m = "rule cp\n  command = cp in/$i out/$i\n";
  for (let i = 0; i < n; i++)
    m += `build out/${i}: cp in/${i} ${preds(i)
      .map((p) => `out/${p}`)
      .join(" ")}\n  i = ${i}\n`;
  writeFileSync(`${dir}/build.ninja`, m);
  return { cmd: "ninja", args: ["-j2"], cwd: dir };
}
