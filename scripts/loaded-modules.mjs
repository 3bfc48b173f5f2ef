import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./program.mjs";

const document = `name: hello
steps:
  first: { class: CommandStep, config: { command: [echo, first] }, cache: off }
  second: { class: CommandStep, config: { command: [echo, second] }, cache: off, depends_on: [first] }
`;

/** Writes down the address of each module that Node loads. */
const hooks = `import { appendFileSync } from "node:fs";
export async function load(url, context, next) {
  appendFileSync(process.env.LOADED, url + "\\n");
  return next(url, context);
}`;

/** Files that the second start of a small document loads, as Node names them. */
export function loadedModules() {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-loaded-"));
  try {
    const file = (name) => join(folder, name);
    writeFileSync(file("hello.yml"), document);
    writeFileSync(file("hooks.mjs"), hooks);
    const register = `data:text/javascript,import{register}from"node:module";register(${JSON.stringify(pathToFileURL(file("hooks.mjs")).href)})`;
    const bin = join(root, "packages/nanobrain/dist/bin.js");
    const start = (...more) =>
      spawnSync(process.execPath, ["--conditions=nanobrain-dist", ...more, bin, "run", "hello.yml"], {
        cwd: folder,
        env: { ...process.env, LOADED: file("loaded"), NO_COLOR: "1" },
        encoding: "utf8",
      });
    start();
    const second = start("--import", register);
    if (second.status !== 0) throw new Error(second.stderr);
    return new Set(readFileSync(file("loaded"), "utf8").trim().split("\n"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
