// One process that asks one thing of a store that others ask at the same time: starts, resumes, answers, triggers, pauses or cancels.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";

const [folder, what] = process.argv.slice(2);
const note = (line) => appendFileSync(join(folder, "witness"), `${line}\n`);

const work = defineStep({
  class: "Work",
  version: "1",
  inputs: {},
  outputs: {},
  effects: true,
  async run({ idempotencyKey }) {
    note(idempotencyKey);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return {};
  },
});

const runtime = await createRuntime({ store: join(folder, "store"), project: folder, steps: [work] });
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const asks = {
  async start() {
    const run = await runtime.start(await runtime.load(join(folder, "asked.yml")), {}, { runId: "asked" });
    return (await run.result()).status;
  },
  /** Goes on with it until nobody asks any more. */
  async drive() {
    const run = await runtime.start(await runtime.load(join(folder, "asked.yml")), {}, { runId: "asked" });
    run.listen(({ type }) => say({ event: type }));
    return (await run.result()).status;
  },
  async resume() {
    const run = await runtime.resume("asked");
    return (await run.result()).status;
  },
  answer: async () => (await (await runtime.attach("asked")).answer("approve", "yes")).status,
  pause: async () => (await (await runtime.attach("asked")).pause()).status,
  cancel: async () => (await (await runtime.attach("asked")).cancel("enough")).status,
};

say({ ready: true });
try {
  say({ answer: await asks[what]() });
} catch (error) {
  say({ code: error.code, message: error.message });
}
await runtime.close();
