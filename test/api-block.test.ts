import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { createRuntime, defineStep, Workflow } from "../packages/engine/src/index.js";

/** The document of the block: it waits for a trigger and for a person, so that all of steering has something to do. */
const document = `
name: review
execution_strategy: event_driven
completion: manual
input_data_units:
  topic: { class: DataUnitString }
output_data_units:
  words: { class: DataUnitMemory, optional: true }
  decision: { class: DataUnitMemory, optional: true }
steps:
  count: { class: WordCount, inputs: { text: { from: topic } } }
  approve: { class: ApprovalStep, config: { question: "Publish?", choices: ["yes", "no"] } }
links:
  counted: { class: DirectLink, config: { source: count.words, target: words } }
  decided: { class: DirectLink, config: { source: approve.decision, target: decision } }
triggers:
  now: { class: ManualTrigger, config: { step_targets: [approve.title] } }
`;
const plain = `
name: count
input_data_units:
  topic: { class: DataUnitString }
output_data_units:
  words: { class: DataUnitMemory }
steps:
  count: { class: WordCount, inputs: { text: { from: topic } } }
links:
  counted: { class: DirectLink, config: { source: count.words, target: words } }
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-block-"));
  await writeFile(join(folder, "workflow.yml"), plain);
  await writeFile(join(folder, "steered.yml"), document);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wordCount = defineStep({
  class: "WordCount",
  version: "1",
  inputs: { text: z.string() },
  outputs: { words: z.number().int() },
  async run({ inputs, config, signal, effect, emit, log, idempotencyKey, progress }) {
    expect([config, signal.aborted, typeof emit, typeof idempotencyKey]).toEqual([{}, false, "function", "string"]);
    log("info", "counting");
    progress(0.5, "half of it");
    return { words: await effect("count", () => inputs.text.split(/\s+/).length) };
  },
});

it("the block of the language's page: load, execute, watch", async () => {
  const runtime = await createRuntime({ steps: [wordCount], store: "memory" });
  const workflow = await Workflow.fromConfig(join(folder, "workflow.yml"), { runtime });
  const result = await workflow.execute({ topic: "alphavirus" });
  expect([result.status, result.outputs]).toEqual(["completed", { words: 1 }]);

  const seen: number[] = [];
  const stop = workflow.startMonitoring((progress) => seen.push(progress.settled));
  const run = workflow.start({ topic: "to be or not" });
  const types: string[] = [];
  for await (const event of run.events()) types.push(event.type);
  expect([types[0], types.at(-1)]).toEqual(["run.created", "run.completed"]);
  expect(workflow.getProgress()).toEqual(run.progress());
  expect((await run.result()).outputs).toEqual({ words: 4 });
  stop();
  expect(seen.length).toBeGreaterThan(3);
  await runtime.close();
});

it("the block of the language's page: steering", async () => {
  await using runtime = await createRuntime({ steps: [wordCount], store: "memory" });
  const workflow = await Workflow.fromConfig(join(folder, "steered.yml"), { runtime });
  const run = workflow.start({ topic: "alphavirus" });
  await run.pause();
  expect(run.status).toBe("paused");
  await run.resume();
  await run.trigger("now", "a title");
  for await (const event of run.events()) if (event.type === "attempt.suspended") break;
  await run.answer("approve", "yes");
  await run.finish();
  const { status, outputs, failures } = await run.result();
  expect([status, outputs, failures]).toEqual(["completed", { words: 1, decision: "yes" }, []]);

  const other = workflow.start({ topic: "x" });
  await other.cancel();
  expect((await other.result()).status).toBe("cancelled");
});
