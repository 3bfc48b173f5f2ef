import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { helloWorkflow } from "./hello-workflow.js";
import { packageFolders, plainEnvironment, root } from "./project.js";

const execute = promisify(execFile);

type Packed = {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
};
type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

let folder = "";
let packed: readonly Packed[] = [];

/** Runs a program in the empty folder the tarballs were installed into. */
async function inFolder(command: string, ...args: string[]): Promise<Ended> {
  const options = { cwd: join(folder, "project"), env: plainEnvironment(), maxBuffer: 1 << 28 };
  try {
    return { exitCode: 0, ...(await execute(command, args, options)) };
  } catch (error) {
    const { code, stdout = "", stderr = String(error) } = error as { code?: unknown; stdout?: string; stderr?: string };
    return { exitCode: typeof code === "number" ? code : 1, stdout, stderr };
  }
}

const nanobrain = (...args: string[]): Promise<Ended> => inFolder("npx", "--no", "nanobrain", ...args);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "nanobrain-packed-")));
  await mkdir(join(folder, "project"));
  const workspaces = packageFolders().flatMap((name) => ["-w", `packages/${name}`]);
  const { stdout } = await execute(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder, ...workspaces],
    {
      cwd: root,
      env: plainEnvironment(),
      maxBuffer: 1 << 28,
    },
  );
  packed = Object.values(JSON.parse(stdout) as readonly Packed[] | Record<string, Packed>);
  await writeFile(join(folder, "project/package.json"), "{}");
  const tarballs = packed.map(({ filename }) => join(folder, filename));
  const installed = await inFolder(
    "npm",
    "install",
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    ...tarballs,
  );
  if (installed.exitCode !== 0) expect.fail(installed.stderr);
  await writeFile(join(folder, "project/hello.yml"), helloWorkflow);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("packed tarballs", () => {
  it("contents: the built code, the licence, no test and no source", () => {
    expect(packed.map(({ name }) => name).sort()).toEqual(["@nanobrain/engine", "@nanobrain/library", "nanobrain"]);
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path);
      expect(paths).toEqual(expect.arrayContaining(["LICENSE", "package.json"]));
      expect(paths.filter((path) => /\.test\.|tsbuildinfo|^src\//.test(path))).toEqual([]);
      // The library's classes are files of their own, each imported when a document names it.
      const code = name === "@nanobrain/library" ? /^dist\/.*\.(js|d\.ts)$/ : /^dist\/.*\.d\.ts$/;
      expect(paths.filter((path) => path.startsWith("dist/") && !code.test(path))).toEqual([]);
      if (name !== "@nanobrain/library")
        expect(paths.filter((path) => /^bundle\/.*\.c?js$/.test(path)).length).toBeGreaterThan(3);
    }
  });

  it("npx nanobrain validate: finds no fault in a good document and writes nothing", async () => {
    const { exitCode, stdout } = await nanobrain("validate", "hello.yml", "--json");
    expect({ exitCode, ...(JSON.parse(stdout) as object) }).toMatchObject({ exitCode: 0, ok: true, diagnostics: [] });
  });

  it("npx nanobrain validate: names file, line and mend of a bad one", async () => {
    await writeFile(join(folder, "project/bad.yml"), helloWorkflow.replace("CommandStep", "ComandStep"));
    const { exitCode, stdout } = await nanobrain("validate", "bad.yml", "--json");
    expect(exitCode).toBe(2);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; hint: string }[] };
    expect(diagnostics).toMatchObject([{ code: "E_CLASS_UNKNOWN", file: "bad.yml", line: 10 }]);
    expect(diagnostics[0]?.hint).toContain("CommandStep");
  });

  it("npx nanobrain run: runs programs and lanes, prints the outputs as one JSON document", async () => {
    const { exitCode, stdout, stderr } = await nanobrain("run", "hello.yml", "-i", "who=npx", "--json");
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      workflow: "hello",
      status: "completed",
      outputs: { greeting: "Hello npx", letters: 9 },
      steps: { greet: { status: "succeeded" }, measure: { status: "succeeded" } },
    });
  });

  it("npx nanobrain runs: another process finds the run in the store", async () => {
    const { exitCode, stdout } = await nanobrain("runs", "--json");
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"completed"');
  });

  it("import of @nanobrain/engine: runs the same workflow from JavaScript", async () => {
    const program = `
      import { Workflow, createRuntime } from "@nanobrain/engine";
      const runtime = await createRuntime({ store: "memory" });
      const workflow = await Workflow.fromConfig("hello.yml", { runtime });
      const result = await workflow.execute({ who: "API" });
      await runtime.close();
      console.log(JSON.stringify(result.outputs));
    `;
    await writeFile(join(folder, "project/run.mjs"), program);
    const { stdout, stderr } = await inFolder(process.execPath, "run.mjs");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ greeting: "Hello API", letters: 9 });
  });

  it("classes of the library: run on every executor, and modules of users import it", async () => {
    const step = (executor: string) =>
      `{ class: ResponseFormattingStep, executor: ${executor}, config: { format: text }, inputs: { answer: { from: answer } } }`;
    const document = `name: formats
input_data_units: { answer: { class: DataUnitString, default: "**well**" } }
steps:
  here: ${step("local")}
  thread: ${step("thread")}
  process: ${step("process")}
  own: { class: ./own.ts#classes, executor: process }
`;
    await writeFile(join(folder, "project/formats.yml"), document);
    const own = `import { pack } from "@nanobrain/library/pack";
export const classes = (): { many: boolean } => ({ many: pack.classes.length > 5 });
`;
    await writeFile(join(folder, "project/own.ts"), own);
    const { exitCode, stdout, stderr } = await nanobrain("run", "formats.yml", "--json");
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: {
        "here.response": "well",
        "thread.response": "well",
        "process.response": "well",
        "own.output": { many: true },
      },
    });
  });
});
