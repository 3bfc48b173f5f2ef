// NanoBrain: a chain of steps, each result journaled and synced before the next step starts (SQLite, WAL, full sync).
import { complete, createRuntime, defineStep, defineWorkflow, load, version } from "../../lib/ours.mjs";

export { version };
export const klass = "D2";
export const note = "store: a folder";

const Step = defineStep({
  class: "bench.Durable",
  version: "1",
  run: async ({ inputs, config }) => ({ out: { run: inputs.in.run, step: config.step, ok: true } }),
});
const chains = new Map();
let runtime;
let last = [];

export async function open(dir) {
  runtime = await createRuntime({ store: `${dir}/store`, steps: [Step], environment: {} });
}

export async function run({ runs, steps }) {
  const loaded = await chain(steps);
  const began = performance.now();
  const started = await Promise.all(
    Array.from({ length: runs }, (_, r) => runtime.start(loaded, { first: { run: r } })),
  );
  await Promise.all(started.map(complete));
  const ms = performance.now() - began;
  last = started.map((one) => one.id);
  return { ms };
}

/** Compiled once for each length. */
async function chain(length) {
  if (!chains.has(length)) {
    const step = (at) => ({
      class: Step,
      config: { step: at },
      cache: "off",
      inputs: { in: { from: at === 0 ? "first" : `s${at - 1}.out` } },
    });
    const steps = Object.fromEntries(Array.from({ length }, (_, at) => [`s${at}`, step(at)]));
    const input_data_units = { first: { class: "DataUnitMemory" } };
    const workflow = defineWorkflow({ name: `chain${length}`, input_data_units, steps });
    chains.set(length, await load(runtime, workflow));
  }
  return chains.get(length);
}

/** Results of steps in the journal, as another process would read them. */
export async function count() {
  let found = 0;
  for (const id of last) {
    const { events } = await runtime.look(id);
    found += events.filter((event) => event.type === "attempt.succeeded" && event.out.out.json.ok === true).length;
  }
  return found;
}

export const close = () => runtime.close();
