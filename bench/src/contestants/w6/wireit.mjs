import { symlinkSync, writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
export const version = v("wireit"),
  note = "through `npm run`";
export function setup(dir) {
  const scripts = {},
    wireit = {};
  for (let i = 1; i <= 5; i++) {
    scripts[`s${i}`] = "wireit";
    wireit[`s${i}`] = {
      command: i === 1 ? "echo @@first" : `echo s${i}`,
      ...(i > 1 ? { dependencies: [`s${i - 1}`] } : {}),
    };
  }
  writeFileSync(`${dir}/package.json`, JSON.stringify({ name: "x", private: true, scripts, wireit }));
  symlinkSync(new URL("../../../node_modules", import.meta.url).pathname, `${dir}/node_modules`);
  return {
    cmd: "npm",
    args: ["run", "--silent", "s5"],
    cwd: dir,
    env: { WIREIT_LOGGER: "simple", WIREIT_CACHE: "none" },
  };
}
