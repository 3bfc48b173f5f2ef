import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine, plainEnvironment } from "./project.js";

const document = `name: five
steps:
  s1: { class: CommandStep, config: { command: [echo, one] }, cache: off }
  s2: { class: CommandStep, config: { command: [echo, two] }, cache: off, depends_on: [s1] }
  s3: { class: CommandStep, config: { command: [echo, three] }, cache: off, depends_on: [s2] }
  s4: { class: CommandStep, config: { command: [echo, four] }, cache: off, depends_on: [s3] }
  s5: { class: CommandStep, config: { command: [echo, five] }, cache: off, depends_on: [s4] }
`;

/** Writes down what the process had loaded when it ended: its own files, and Node's. */
const counter = `process.on("exit", () => {
  const builtIn = process.moduleLoadList.filter((name) => name.startsWith("NativeModule")).length;
  const files = Object.keys(require.cache).filter((path) => path !== __filename);
  require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify({ files, builtIn }));
});`;

type Loaded = { readonly files: readonly string[]; readonly builtIn: number };

let folder = "";

/** Starts it twice, as the first start compiles; answers with what the second had loaded. */
function start(args: readonly string[], more: NodeJS.ProcessEnv = {}): Loaded {
  const env = plainEnvironment({ XDG_CACHE_HOME: folder, LOADED: join(folder, "loaded.json"), ...more });
  for (let time = 0; time < 2; time++) {
    const ended = spawnSync(process.execPath, ["--require", join(folder, "counter.cjs"), ...args], {
      cwd: folder,
      env,
    });
    expect(ended.status, String(ended.stderr)).toBe(0);
  }
  return JSON.parse(readFileSync(join(folder, "loaded.json"), "utf8")) as Loaded;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-start-"));
  writeFileSync(join(folder, "five.yml"), document);
  writeFileSync(join(folder, "counter.cjs"), counter);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("start", () => {
  it("second start of a document of built-in steps: few files are loaded, and no parser, schema library or network", () => {
    const { files, builtIn } = start([commandLine, "run", "five.yml"]);
    const bare = start(["-e", "0"]);
    expect(files.length).toBeLessThanOrEqual(13);
    expect(files.filter((path) => /\/(yaml|zod|ajv|liquidjs|jsonata|commander)\//.test(path))).toEqual([]);
    expect(builtIn - bare.builtIn).toBeLessThanOrEqual(90);
  });

  it("code cache: damaged, of a folder that cannot be written, or switched off, it changes nothing but time", () => {
    const cache = join(folder, "nanobrain");
    const kept = spawnSync("ls", [cache], { encoding: "utf8" }).stdout.trim().split("\n");
    expect(kept.length).toBeGreaterThanOrEqual(2);
    for (const name of kept) writeFileSync(join(cache, name), "damaged");
    start([commandLine, "run", "five.yml"]);
    start([commandLine, "run", "five.yml"], { XDG_CACHE_HOME: join(folder, "five.yml") });
    start([commandLine, "run", "five.yml"], { NANOBRAIN_CODE_CACHE: "off" });
  });
});
