import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../adapters/clock/system-clock.js";
import { defineStep } from "../components/define-step.js";
import { summarize } from "../observe/summarize.js";
import { createRuntime } from "./create-runtime.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-result-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = `name: w
error_handling: continue
steps:
  first: { class: Work }
  rows: { class: Work }
  broken: { class: Broken }
links:
  one: { class: DirectLink, config: { source: first.out, target: broken.in } }
  many: { class: QueueLink, config: { source: first.out, target: "rows.in" } }
`;
const steps = [
  defineStep({ class: "Work", version: "1", outputs: { out: z.array(z.number()) }, run: () => ({ out: [1, 2] }) }),
  defineStep({
    class: "Broken",
    version: "1",
    run() {
      throw new RangeError("it is broken");
    },
  }),
];

async function finished() {
  const file = join(folder, "w.yml");
  writeFileSync(file, text);
  // A clock of its own: the run has a driver.
  const runtime = await createRuntime({ steps, clock: { ...systemClock } });
  const loaded = await runtime.load(file);
  if (loaded.plan === undefined) expect.fail(JSON.stringify(loaded.diagnostics));
  const result = await (await runtime.start(loaded, {})).result();
  const events = await runtime.store.events(result.run_id);
  const plain = { ...summarize(loaded.plan, events), outputs: result.outputs };
  return { runtime, result, plain };
}

describe("a result whose summary is made late", () => {
  it("it has what the journal tells, in the same order", async () => {
    const { runtime, result, plain } = await finished();
    expect(JSON.stringify(result)).toBe(JSON.stringify(plain));
    expect({ ...result }).toEqual(plain);
    expect(result.failures[0]?.step).toBe("broken");
    expect(result.outputs).toMatchObject({ "rows.out": [1, 2] });
    expect(result.queues?.["many"]?.entered).toBe(1);
    await runtime.close();
  });

  it("it prints as any other object", async () => {
    const { runtime, result, plain } = await finished();
    expect(inspect(result, { depth: 9 })).toBe(inspect(plain, { depth: 9 }));
    await runtime.close();
  });

  it("what was not looked at before is there after the runtime has been closed", async () => {
    const { runtime, result, plain } = await finished();
    await runtime.close();
    expect(structuredClone(result)).toEqual(plain);
  });
});
