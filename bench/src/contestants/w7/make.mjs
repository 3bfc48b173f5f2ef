import { writeFileSync } from "node:fs";
import { inputs, preds } from "./_files.mjs";
export const version = "4.3 (Debian)",
  note = "mtimes; the first run executes all steps (sh + cp)";
export function setup(dir, n) {
  inputs(dir, n);
  let m = `all: ${Array.from({ length: n }, (_, i) => `out/${i}`).join(" ")}\n`;
  for (let i = 0; i < n; i++)
    m += `out/${i}: in/${i} ${preds(i)
      .map((p) => `out/${p}`)
      .join(" ")}\n\t@cp in/${i} out/${i}\n`;
  writeFileSync(`${dir}/Makefile`, m);
  return { cmd: "make", args: ["-j2", "all"], cwd: dir };
}
