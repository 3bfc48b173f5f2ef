import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { version as v } from "../../lib/version.mjs";
export const version = v("turbo"),
  note = "200 one-task packages, content hashes, full cache hit";
export function setup(dir, n) {
  n = Math.min(n, 200);
  mkdirSync(`${dir}/p`);
  const lock = { name: "x", lockfileVersion: 3, packages: { "": { name: "x", workspaces: ["p/*"] } } };
  for (let i = 0; i < n; i++) {
    mkdirSync(`${dir}/p/${i}`);
    writeFileSync(`${dir}/p/${i}/in`, `input ${i}`);
    const dep = i >= 100 ? { [`p${i - 100}`]: "*" } : {};
    writeFileSync(
      `${dir}/p/${i}/package.json`,
      JSON.stringify({ name: `p${i}`, version: "1.0.0", scripts: { go: "cp in out" }, dependencies: dep }),
    );
    lock.packages[`p/${i}`] = { name: `p${i}`, version: "1.0.0", dependencies: dep };
    lock.packages[`node_modules/p${i}`] = { resolved: `p/${i}`, link: true };
  }
  writeFileSync(`${dir}/package-lock.json`, JSON.stringify(lock));
  writeFileSync(
    `${dir}/package.json`,
    JSON.stringify({ name: "x", private: true, workspaces: ["p/*"], packageManager: "npm@11.19.1" }),
  );
  writeFileSync(`${dir}/turbo.json`, JSON.stringify({ tasks: { go: { dependsOn: ["^go"], outputs: ["out"] } } }));
  writeFileSync(`${dir}/.gitignore`, "node_modules\n.turbo\nout\n");
  execFileSync("git", ["init", "-q"], { cwd: dir });
  execFileSync("git", ["-c", "user.name=b", "-c", "user.email=b@localhost", "add", "-A"], { cwd: dir });
  const bin = new URL("../../../node_modules/.bin/turbo", import.meta.url).pathname;
  return {
    cmd: bin,
    args: ["run", "go", "--output-logs=none", "--no-update-notifier", "--concurrency=2"],
    cwd: dir,
    env: { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", CI: "1" },
    n,
    prime: 2,
  };
}
