// An engine whose event loop a step holds up: at once when it is called, or behind an await. Beside it a step that only waits.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";

const [folder, when, stallMs] = process.argv.slice(2);
const spin = (ms) => {
  for (const until = performance.now() + ms; performance.now() < until; );
};

const stall = defineStep({
  class: "Stall",
  version: "1",
  inputs: {},
  outputs: {},
  run() {
    if (when === "called") return spin(Number(stallMs)) ?? {};
    return new Promise((resolve) => setTimeout(resolve, 50)).then(() => spin(Number(stallMs)) ?? {});
  },
});
const calm = defineStep({
  class: "Calm",
  version: "1",
  inputs: {},
  outputs: {},
  run: () => new Promise((resolve) => setTimeout(() => resolve({}), 20)),
});

writeFileSync(
  join(folder, "stalled.yml"),
  "name: stalled\nsteps:\n  calm: { class: Calm, cache: off }\n  stall: { class: Stall, cache: off, depends_on: [calm] }\n",
);
const runtime = await createRuntime({ store: join(folder, "store"), project: folder, steps: [stall, calm] });
const run = await runtime.start(await runtime.load(join(folder, "stalled.yml")), {});
const { status } = await run.result();
const began = performance.now();
const { events } = await runtime.look(run.id);
const attempts = events.filter(({ type }) => type === "attempt.started").length;
const logs = await runtime.store.logs(run.id, {});
process.stdout.write(
  `${JSON.stringify({ status, attempts, warnings: logs.filter(({ level }) => level === "warn"), readMs: performance.now() - began })}\n`,
);
await runtime.close();
