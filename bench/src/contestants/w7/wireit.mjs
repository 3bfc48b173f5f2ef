import { symlinkSync, writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
import { inputs, preds } from "./_files.mjs";
export const version = v("wireit"),
  note = "500 steps, content hashes, through `npm run`";
export function setup(dir, n) {
  n = Math.min(n, 500);
  inputs(dir, n);
  const scripts = { all: "wireit" },
    wireit = { all: { dependencies: Array.from({ length: n }, (_, i) => `s${i}`) } };
  for (let i = 0; i < n; i++) {
    scripts[`s${i}`] = "wireit";
    wireit[`s${i}`] = {
      command: `cp in/${i} out/${i}`,
      files: [`in/${i}`],
      output: [`out/${i}`],
      dependencies: preds(i).map((p) => `s${p}`),
    };
  }
  writeFileSync(`${dir}/package.json`, JSON.stringify({ name: "x", private: true, scripts, wireit }));
  symlinkSync(new URL("../../../node_modules", import.meta.url).pathname, `${dir}/node_modules`);
  return {
    cmd: "npm",
    args: ["run", "--silent", "all"],
    cwd: dir,
    env: { WIREIT_LOGGER: "simple", WIREIT_PARALLEL: "2" },
    n,
  };
}
