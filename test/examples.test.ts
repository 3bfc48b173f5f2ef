import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const bin = join(root, "packages/nanobrain/bundle/nanobrain.cjs");
const work = mkdtempSync(join(tmpdir(), "nanobrain-examples-"));
cpSync(join(root, "examples"), work, { recursive: true, filter: (path) => !/(\.nanobrain|results)$/.test(path) });
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** `replay`: the folder of recordings, from the project's, that stand in for services. */
type Example = { readonly run: string; readonly inputs: readonly string[]; readonly replay?: string };
type Printed = { status: string; outputs: object; steps: { [name: string]: { status: string; cached: boolean } } };

const examples = readdirSync(work).filter((name) => existsSync(join(work, name, "example.json")));

/** Runs an example as its README line says, with extra flags, and gives what `--json` printed. */
async function run(name: string, flags: readonly string[]): Promise<Printed> {
  const example = JSON.parse(readFileSync(join(work, name, "example.json"), "utf8")) as Example;
  const inputs = example.inputs.flatMap((input) => ["-i", input]);
  const replay = example.replay === undefined ? [] : ["--replay-http", example.replay];
  const args = [bin, "run", join(work, name, example.run), ...inputs, "--json", ...replay, ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout) as Printed;
}

test("examples: there are at least five", () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test.each(examples)("example %s: completes with its expected outputs, under every strategy", async (name) => {
  const expected = JSON.parse(readFileSync(join(work, name, "expected.json"), "utf8")) as object;
  for (const strategy of ["graph", "sequential", "parallel", "event_driven"]) {
    const result = await run(name, ["--no-cache", "--strategy", strategy, "--out", join(work, "out", name, strategy)]);
    expect([strategy, result.status]).toEqual([strategy, "completed"]);
    expect(result.outputs).toEqual(expected);
  }
});

test.each(examples)("example %s: is valid and can be planned", async (name) => {
  const example = JSON.parse(readFileSync(join(work, name, "example.json"), "utf8")) as Example;
  const file = join(work, name, example.run);
  const validated = await promisify(execFile)(process.execPath, [bin, "validate", file, "--json"], { cwd: root });
  expect(JSON.parse(validated.stdout)).toMatchObject({ ok: true, diagnostics: [] });
  const planned = await promisify(execFile)(process.execPath, [bin, "plan", file, "--format", "json"], { cwd: root });
  expect((JSON.parse(planned.stdout) as { groups: string[][] }).groups.length).toBeGreaterThan(0);
});

test("example graph: the plan has the four time groups of its figure", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    bin,
    "plan",
    join(work, "graph/graph.yml"),
    "--format",
    "json",
  ]);
  const { groups } = JSON.parse(stdout) as { groups: string[][] };
  expect(groups.map((group) => [...group].sort())).toEqual([["A", "B", "D", "F"], ["C"], ["E"], ["G", "H"]]);
});
