// One process with many runs: goes on with those that are unfinished, begins those that are not there, until all have ended. What it was told
// and what its steps do is on disk, outside the store, before it goes on.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep } from "@nanobrain/engine";

const [folder, count, planted] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function note(file, line) {
  const at = openSync(join(folder, file), "a");
  writeSync(at, `${line}\n`);
  fsyncSync(at);
  closeSync(at);
}

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };
const work = defineStep({
  class: "Work",
  version: "1",
  inputs: { in: { schema: port, optional: true } },
  outputs: { out: port },
  effects: true,
  config: { ...port },
  async run({ inputs, config, idempotencyKey, attempt }) {
    note("witness", `${idempotencyKey} ${attempt}`);
    if (planted === "hidden") note("witness", `${idempotencyKey} ${attempt}`);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
    if (planted === "retry" && attempt === 1) throw new TypeError("a retry that nobody asked for");
    return { out: [...(inputs.in ?? []), config.name] };
  },
});

const runtime = await createRuntime({ store: join(folder, "store"), project: folder, steps: [work] });
const loaded = await runtime.load(join(folder, "busy.yml"));

async function finished(index) {
  const id = `r${index}`;
  const known = await runtime.store.find(id);
  if (known?.status === "completed" || known?.status === "failed") return known.status;
  const run = known === undefined ? await runtime.start(loaded, {}, { runId: id }) : await runtime.resume(id);
  if (known === undefined) note("acked", id);
  return (await run.result()).status;
}

say({ ready: true });
const results = await Promise.all(Array.from({ length: Number(count) }, (_, index) => finished(index)));
await runtime.close();
say({ statuses: results });
