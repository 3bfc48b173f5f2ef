// NanoBrain: a step of a module, mapped over the tasks; it runs on the threads of the `thread` executor.
import { fileURLToPath } from "node:url";
import { complete, createRuntime, defineWorkflow, load, version } from "../../lib/ours.mjs";

export { version };
export const note = "for_each over the tasks, class of a module, store: memory";
let runtime;
let loaded;

export async function open(P) {
  const project = fileURLToPath(new URL("../..", import.meta.url));
  runtime = await createRuntime({ store: "memory", pools: { cpu: P }, project, environment: {} });
  loaded = await load(runtime, workflow);
  // Threads are started by their first attempts.
  await run({ tasks: 4 * P, iters: 1000 });
}

const workflow = defineWorkflow({
  name: "spins",
  input_data_units: { tasks: { class: "DataUnitMemory" } },
  output_data_units: { values: { class: "DataUnitMemory" } },
  steps: {
    spin: {
      class: "./steps/spin.mjs#Spin",
      cache: "off",
      for_each: { over: "tasks", as: "iters", concurrency: 1024 },
      inputs: { tasks: { from: "tasks" } },
    },
  },
  links: { values: { class: "DirectLink", config: { source: "spin.value", target: "values" } } },
});

export async function run({ tasks, iters }) {
  const given = { tasks: new Array(tasks).fill(iters) };
  const { outputs } = await complete(await runtime.start(loaded, given));
  return outputs.values;
}

export const close = () => runtime.close();
