// NanoBrain: runs of three steps on disk, all started at once; events through three steps of one event-driven run in memory.
import { complete, createRuntime, defineStep, defineWorkflow, load, version } from "../../lib/ours.mjs";
import { pipeline } from "../w3/ours.mjs";

export { version };
export const note = "runs: store in a folder; events: store: memory";

let done = 0;
const Step = defineStep({
  class: "bench.Count",
  version: "1",
  run: async () => {
    done++;
    return { out: done };
  },
});

export async function runs(dir, count) {
  const runtime = await createRuntime({ store: `${dir}/store`, steps: [Step], environment: {} });
  const loaded = await load(runtime, workflow);
  await complete(await runtime.start(loaded, {}));
  done = 0;
  const began = performance.now();
  const started = await Promise.all(Array.from({ length: count }, () => runtime.start(loaded, {})));
  await Promise.all(started.map(complete));
  const ms = performance.now() - began;
  if (done !== 3 * count) throw new Error(`Error ${done} steps of ${3 * count}`);
  await runtime.close();
  return { ms };
}

const workflow = defineWorkflow({
  name: "three",
  steps: {
    first: { class: Step, cache: "off" },
    second: { class: Step, cache: "off", inputs: { in: { from: "first.out" } } },
    third: { class: Step, cache: "off", inputs: { in: { from: "second.out" } } },
  },
});

const Item = defineStep({
  class: "bench.Item",
  version: "1",
  run: async ({ inputs }) => {
    done++;
    return { out: inputs.item };
  },
});

const mapped = defineWorkflow({
  name: "mapped",
  input_data_units: { items: { class: "DataUnitMemory" } },
  output_data_units: { all: { class: "DataUnitMemory" } },
  steps: {
    each: {
      class: Item,
      cache: "off",
      for_each: { over: "items", as: "item", concurrency: 1024 },
      inputs: { items: { from: "items" } },
    },
  },
  links: { all: { class: "DirectLink", config: { source: "each.out", target: "all" } } },
});

/** One step, mapped over so many items, in memory. */
export async function items(_, count) {
  const runtime = await createRuntime({ store: "memory", steps: [Item], environment: {} });
  const loaded = await load(runtime, mapped);
  const given = { items: Array.from({ length: count }, (_, at) => at) };
  done = 0;
  const began = performance.now();
  const { outputs } = await complete(await runtime.start(loaded, given));
  const ms = performance.now() - began;
  if (done !== count || outputs.all.some((item, at) => item !== at)) throw new Error(`Error ${done} items of ${count}`);
  await runtime.close();
  return { ms };
}

const most = 1024;

/** At most 1024 events are in flight. */
export async function events(_, count) {
  let out = 0;
  let wake = () => undefined;
  const stage = async (value) => value + 1;
  const onOut = () => {
    out++;
    wake();
  };
  const { emit, close } = await pipeline({ stages: [stage, stage, stage], onOut });
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    await emit(i);
    while (i - out >= most) await new Promise((resolve) => (wake = resolve));
  }
  while (out < count) await new Promise((resolve) => (wake = resolve));
  const ms = performance.now() - began;
  await close();
  return { ms };
}
