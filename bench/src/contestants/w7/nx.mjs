import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
export const version = v("nx"),
  note = "500 one-task projects, content hashes, full cache hit, no daemon";
export function setup(dir, n) {
  n = Math.min(n, 500);
  mkdirSync(`${dir}/p`);
  for (let i = 0; i < n; i++) {
    mkdirSync(`${dir}/p/${i}`);
    writeFileSync(`${dir}/p/${i}/in`, `input ${i}`);
    writeFileSync(
      `${dir}/p/${i}/project.json`,
      JSON.stringify({
        name: `p${i}`,
        implicitDependencies: i >= 100 ? [`p${i - 100}`] : [],
        targets: {
          go: {
            command: `cp p/${i}/in p/${i}/out`,
            cache: true,
            inputs: ["{projectRoot}/in"],
            outputs: ["{projectRoot}/out"],
            dependsOn: ["^go"],
          },
        },
      }),
    );
  }
  writeFileSync(`${dir}/package.json`, JSON.stringify({ name: "x", private: true }));
  writeFileSync(`${dir}/nx.json`, JSON.stringify({ analytics: false, neverConnectToCloud: true }));
  writeFileSync(`${dir}/.gitignore`, "node_modules\n.nx\nout\n");
  symlinkSync(new URL("../../../node_modules", import.meta.url).pathname, `${dir}/node_modules`);
  execFileSync("git", ["init", "-q"], { cwd: dir });
  return {
    cmd: process.execPath,
    args: [
      new URL("../../../node_modules/.bin/nx", import.meta.url).pathname,
      "run-many",
      "-t",
      "go",
      "--parallel=2",
      "--outputStyle=static",
    ],
    cwd: dir,
    env: { NX_DAEMON: "false", CI: "1", NX_TUI: "false", DO_NOT_TRACK: "1" },
    n,
  };
}
