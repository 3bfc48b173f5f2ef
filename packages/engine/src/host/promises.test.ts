import { createHook } from "node:async_hooks";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../adapters/clock/system-clock.js";
import { defineStep } from "../components/define-step.js";
import { createRuntime } from "../runtime/create-runtime.js";

const folder = mkdtempSync(join(tmpdir(), "nanobrain-promises-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const step = defineStep({
  class: "Step",
  version: "1",
  inputs: { in: z.number().optional() },
  outputs: { out: z.number() },
  async run({ inputs }) {
    return { out: (inputs.in ?? 0) + 1 };
  },
});

/** Two of them are the code's own: what its async function gives, and what the class awaits of it. */
const MOST_PROMISES = 14;

function chain(length: number): string {
  const names = Array.from({ length }, (_, index) => index);
  const steps = names.map((index) => `  s${index}: { class: Step, cache: off }\n`);
  const links = names
    .slice(1)
    .map((i) => `  l${i}: { class: DirectLink, config: { source: s${i - 1}.out, target: s${i}.in } }\n`);
  return `name: chain\nsteps:\n${steps.join("")}links:\n${links.join("")}`;
}

/** Promises made while a chain runs on a driver in memory. */
async function promisesOf(length: number): Promise<number> {
  const file = join(folder, `${length}.yml`);
  writeFileSync(file, chain(length));
  const runtime = await createRuntime({ steps: [step], clock: { ...systemClock } });
  const loaded = await runtime.load(file);
  await (await runtime.start(loaded, {})).result();
  let made = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") made += 1;
    },
  });
  const run = await runtime.start(loaded, {});
  hook.enable();
  const result = await run.result();
  hook.disable();
  expect(result.outputs).toEqual({ [`s${length - 1}.out`]: length });
  await runtime.close();
  return made;
}

it(`host: a plain step makes at most ${MOST_PROMISES} promises`, async () => {
  const few = await promisesOf(20);
  const many = await promisesOf(220);
  expect((many - few) / 200).toBeLessThanOrEqual(MOST_PROMISES);
  expect((many - few) / 200).toBeGreaterThan(2);
});
