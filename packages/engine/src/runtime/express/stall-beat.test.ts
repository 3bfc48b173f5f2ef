import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { defineStep } from "../../components/define-step.js";
import { createRuntime } from "../create-runtime.js";
import { defineWorkflow } from "../definition/define-workflow.js";
import type { RunHandle, Runtime } from "../runtime.js";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function spin(forMs: number): void {
  for (const until = performance.now() + forMs; performance.now() < until; );
}
const pause = (forMs: number) => new Promise<void>((resolve) => setTimeout(resolve, forMs));

/** Beside a step that only waits, one that keeps the loop when it is called, or later. */
const steps = {
  called: defineStep({ class: "Called", version: "1", outputs: {}, run: () => spin(2000) ?? {} }),
  later: defineStep({ class: "Later", version: "1", outputs: {}, run: () => pause(50).then(() => spin(2500) ?? {}) }),
  goesOn: defineStep({
    class: "GoesOn",
    version: "1",
    outputs: {},
    run: () =>
      pause(50)
        .then(() => spin(2500))
        .then(() => pause(50))
        .then(() => ({})),
  }),
};
const calm = defineStep({ class: "Calm", version: "1", outputs: {}, run: () => pause(1500).then(() => ({})) });

async function started(
  runtime: Runtime,
  kind: keyof typeof steps,
  strategy: "graph" | "event_driven",
): Promise<RunHandle> {
  const definition = defineWorkflow({
    name: "stalled",
    execution_strategy: strategy,
    steps: { calm: { class: calm, cache: "off" }, kept: { class: steps[kind], cache: "off" } },
  });
  return runtime.start(await runtime.load(definition), {});
}

const places = ["memory", "disk"] as const;
const kinds = Object.keys(steps) as (keyof typeof steps)[];
const strategies = ["graph", "event_driven"] as const;

describe("code on the express way that keeps the event loop", () => {
  it.each(places.flatMap((place) => kinds.flatMap((kind) => strategies.map((way) => [kind, way, place] as const))))(
    "%s, %s, in %s: is named, and its run ends as any other",
    async (kind, strategy, place) => {
      const folder = mkdtempSync(join(tmpdir(), "nanobrain-stall-"));
      folders.push(folder);
      await using runtime = await createRuntime(place === "memory" ? {} : { store: folder });
      const run = await started(runtime, kind, strategy);
      expect((await run.result()).status).toBe("completed");
      const warnings = (await runtime.store.logs(run.id, {})).filter(({ level }) => level === "warn");
      expect(warnings.filter(({ step }) => step === "kept")).toHaveLength(1);
      expect(warnings.find(({ step }) => step === "kept")?.text).toMatch(/held up.* for [12]\.\d s at one go/);
      const { events } = await runtime.look(run.id);
      expect(events.filter(({ type }) => type === "attempt.started")).toHaveLength(2);
    },
  );

  it("code that only waits long: nobody is named", async () => {
    await using runtime = await createRuntime({});
    const definition = defineWorkflow({ name: "calm", steps: { calm: { class: calm, cache: "off" } } });
    const run = await runtime.start(await runtime.load(definition), {});
    expect((await run.result()).status).toBe("completed");
    expect((await runtime.store.logs(run.id, {})).filter(({ level }) => level === "warn")).toEqual([]);
  });
});
