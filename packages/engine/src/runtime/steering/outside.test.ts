import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime } from "../runtime.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-outside-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const reacting = `name: reacting
execution_strategy: event_driven
completion: manual
data_units:
  factor: { class: DataUnitMemory, config: { role: parameter, default: 2, schema: { type: integer } } }
output_data_units: { out: { class: DataUnitMemory } }
steps:
  times: { class: TransformStep, executor: local, config: { expression: "n * factor" }, inputs: { n: {}, factor: { from: factor } } }
triggers:
  now: { class: ManualTrigger, config: { payload_schema: { type: integer }, step_targets: [times.n] } }
links:
  done: { class: DirectLink, config: { source: times.output, target: out } }
`;
const around = `name: around
output_data_units: { out: { class: DataUnitMemory } }
steps:
  nest: { class: Workflow, config: reacting.yml }
links:
  done: { class: DirectLink, config: { source: nest.out, target: out } }
`;

async function begin(use: (run: RunHandle) => Promise<void>, file: string): Promise<void> {
  writeFileSync(join(folder, "reacting.yml"), reacting);
  writeFileSync(join(folder, "around.yml"), around);
  const runtime: Runtime = await createRuntime({ store: "memory", cache: false });
  try {
    const run = await runtime.start(await runtime.load(join(folder, file)), {});
    await run.result();
    await use(run);
  } finally {
    await runtime.close({ drainMs: 0 });
  }
}

it("set: a parameter has its new value in the firings that follow", async () => {
  await begin(async (run) => {
    await run.trigger("now", 3);
    expect((await run.result()).outputs).toEqual({ out: 6 });
    expect(await run.set("factor", 5)).toEqual({ status: "done", text: "factor set", driven: true });
    await run.trigger("now", 3);
    expect((await run.result()).outputs).toEqual({ out: 15 });
    await run.finish();
    expect(await run.result()).toMatchObject({ status: "completed", outputs: { out: 15 } });
  }, "reacting.yml");
});

it("set: what is no input or parameter, and a value that does not fit, are refused and change nothing", async () => {
  await begin(async (run) => {
    await expect(run.set("factr", 1)).rejects.toMatchObject({ code: "E_SET", hint: 'did you mean "factor"?' });
    await expect(run.set("out", 1)).rejects.toMatchObject({ code: "E_SET" });
    await expect(run.set("factor", "many")).rejects.toMatchObject({ code: "E_SET" });
    await run.trigger("now", 3);
    expect((await run.result()).outputs).toEqual({ out: 6 });
  }, "reacting.yml");
});

it("trigger: of a nested workflow by its path; without one it is not found, and the path is named", async () => {
  await begin(async (run) => {
    expect(run.status).toBe("waiting");
    const refused = await run.trigger("now", 3).catch((error: Error) => error.message);
    expect(refused).toContain("it has no manual trigger of that name (there is nest/now)");
    await run.trigger("nest/now", 4);
    await run.finish();
    expect(await run.result()).toMatchObject({ status: "completed", outputs: { out: 8 } });
  }, "around.yml");
});
