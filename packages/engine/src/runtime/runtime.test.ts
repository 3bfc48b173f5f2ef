import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../components/define-step.js";
import { createRuntime } from "./create-runtime.js";
import { Workflow } from "./workflow.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-runtime-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const double = defineStep({
  class: "Double",
  version: "1",
  inputs: { n: z.number() },
  outputs: { n: z.number() },
  run: ({ inputs }) => Promise.resolve({ n: inputs.n * 2 }),
});

const sum = defineStep({
  class: "Sum",
  version: "1",
  inputs: { all: z.array(z.number()) },
  outputs: { total: z.number() },
  run: ({ inputs }) => Promise.resolve({ total: inputs.all.reduce((a, b) => a + b, 0) }),
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const inner = `
name: inner
input_data_units: { n: { class: DataUnitMemory } }
output_data_units: { four: { class: DataUnitMemory } }
steps:
  twice: { class: Double, inputs: { n: { from: n } } }
  again: { class: Double, inputs: { n: { from: twice.n } } }
links:
  out: { class: DirectLink, config: { source: again.n, target: four } }
`;

const outer = `
name: outer
input_data_units: { numbers: { class: DataUnitMemory } }
output_data_units: { result: { class: DataUnitMemory } }
steps:
  each:
    class: Workflow
    config: inner.yml
    for_each: { over: numbers, as: n, concurrency: 2 }
    inputs: { numbers: { from: numbers } }
  add: { class: Sum, inputs: { all: { from: each.four } } }
links:
  out: { class: DirectLink, config: { source: add.total, target: result } }
`;

test("workflow: a mapped nested workflow runs to its output on SQLite, and from the compiled plan the second time", async () => {
  write("inner.yml", inner);
  const file = write("outer.yml", outer);
  const runtime = await createRuntime({ steps: [double, sum], store: join(folder, ".nanobrain") });
  const workflow = await Workflow.fromConfig(file, { runtime });
  const result = await workflow.execute({ numbers: [1, 2, 3] });
  expect(result.failures).toEqual([]);
  expect([result.status, result.outputs]).toEqual(["completed", { result: 24 }]);
  expect((await runtime.load(file)).compiled).toBe(true);
  const again = await (await Workflow.fromConfig(file, { runtime })).execute({ numbers: [] });
  expect(again.outputs).toEqual({ result: 0 });
  await runtime.close();
});

test("document outside of the project: said as such, whatever its name", async () => {
  const outside = write("outside.yml", inner);
  const project = mkdtempSync(join(folder, "project-"));
  const runtime = await createRuntime({ project });
  const { diagnostics } = await runtime.load(outside);
  expect(diagnostics.map(({ code }) => code)).toEqual(["E_PATH"]);
  await runtime.close();
});
