import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { defineStep } from "../components/define-step.js";
import { createRuntime } from "./create-runtime.js";
import { Workflow } from "./workflow.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-undone-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const calls: string[] = [];
const says = z.strictObject({ name: z.string(), fails: z.number().default(0) });

/** Gives two ports. */
const two = defineStep({
  class: "Two",
  version: "1",
  config: says,
  inputs: { in: z.string().optional() },
  outputs: { out: z.string(), other: z.string() },
  run({ config }) {
    calls.push(config.name);
    if (calls.filter((name) => name === config.name).length <= config.fails) throw new TypeError("not yet");
    return Promise.resolve({ out: config.name, other: "other" });
  },
});

const one = defineStep({
  class: "One",
  version: "1",
  config: says,
  inputs: { in: z.string().optional() },
  outputs: { out: z.string() },
  run({ config }) {
    calls.push(config.name);
    return Promise.resolve({ out: config.name });
  },
});

async function run(yaml: string) {
  calls.length = 0;
  writeFileSync(join(folder, "w.yml"), yaml);
  const runtime = await createRuntime({ steps: [two, one], store: "memory" });
  try {
    return await (await Workflow.fromConfig(join(folder, "w.yml"), { runtime })).execute();
  } finally {
    await runtime.close({ drainMs: 0 });
  }
}

const undo = "on_rollback: { class: One, config: { name: undo } }";

test.each([
  ["by default", ""],
  ["where the document asks for a cache", "cache: run, "],
])("rollback, %s: what was undone is done again, not taken from the cache", async (_, cache) => {
  const result = await run(
    `name: w\nerror_handling: rollback\nerror_handling_config: { retry_delay: 0 }\nsteps:\n` +
      `  make: { class: Two, config: { name: make }, ${cache}${undo} }\n` +
      `  use: { class: Two, config: { name: use, fails: 1 }, inputs: { in: { from: make.out } } }\n`,
  );
  expect(result.status).toBe("completed");
  expect(calls).toEqual(["make", "use", "undo", "make", "use"]);
});

const gate = (source: string): string =>
  `output_data_units: { got: { class: DataUnitMemory } }\nlinks: { l: { class: DirectLink, config: { source: ${source}, target: got } } }\n`;
const replaced = `name: w\nsteps:\n  a: { class: Two, config: { name: a, fails: 9 }, fallback: { class: One, config: { name: spare } } }\n`;

test("fallback: owes the ports that links read, and no others", async () => {
  expect(await run(replaced + gate("a.out"))).toMatchObject({ status: "completed", outputs: { got: "spare" } });
  await expect(run(replaced + gate("a.other"))).rejects.toMatchObject({ code: "E_DOCUMENT_INVALID" });
});

test("rollback: paused in the middle and gone on with elsewhere, everything is undone once", async () => {
  let pause: () => void = () => undefined;
  const undoing = defineStep({
    class: "Undoing",
    version: "1",
    config: says,
    inputs: { in: z.string().optional(), out: z.string().optional(), other: z.string().optional() },
    outputs: {},
    run({ config }) {
      calls.push(config.name);
      pause();
      return Promise.resolve({});
    },
  });
  const undone = (name: string) => `on_rollback: { class: Undoing, config: { name: undo-${name} } }`;
  writeFileSync(
    join(folder, "p.yml"),
    `name: p\nerror_handling: rollback\nerror_handling_config: { retry_delay: 0 }\nsteps:\n` +
      `  a: { class: Two, config: { name: a }, ${undone("a")} }\n` +
      `  b: { class: Two, config: { name: b }, inputs: { in: { from: a.out } }, ${undone("b")} }\n` +
      `  c: { class: Two, config: { name: c, fails: 1 }, inputs: { in: { from: b.out } } }\n`,
  );
  calls.length = 0;
  const open = () => createRuntime({ steps: [two, undoing], store: join(folder, "store") });
  const before = await open();
  const run = (await Workflow.fromConfig(join(folder, "p.yml"), { runtime: before })).start({});
  pause = () => void run.pause();
  expect((await run.result()).status).toBe("paused");
  await before.close({ drainMs: 0 });
  pause = () => undefined;

  await using after = await open();
  expect((await (await after.resume(run.id)).result()).status).toBe("completed");
  expect(calls).toEqual(["a", "b", "c", "undo-b", "undo-a", "a", "b", "c"]);
});
