// NanoBrain: a step that emits into a QueueLink, and a step that takes one item after the other.
import { complete, createRuntime, defineStep, defineWorkflow, load, version } from "../../lib/ours.mjs";

export { version };
export const note = "QueueLink, store: memory";
let now = { items: 0, work: undefined };

const Produce = defineStep({
  class: "bench.Produce",
  version: "1",
  run: async ({ emit }) => {
    for (let item = 0; item < now.items; item++) await emit("item", item);
    return {};
  },
});
const Consume = defineStep({
  class: "bench.Consume",
  version: "1",
  run: async ({ inputs }) => {
    await now.work(inputs.item);
    return {};
  },
});
const runtime = await createRuntime({ store: "memory", steps: [Produce, Consume], environment: {} });
const loaded = new Map();

export async function run({ items, capacity, work }) {
  now = { items, work };
  if (!loaded.has(capacity)) loaded.set(capacity, await load(runtime, workflowOf(capacity)));
  await complete(await runtime.start(loaded.get(capacity), {}));
  await runtime.prune({ keepMs: -1 });
}

function workflowOf(capacity) {
  const steps = {
    produce: { class: Produce, cache: "off", outputs: ["item"] },
    consume: { class: Consume, cache: "off", max_activations: 1_000_000_000 },
  };
  const links = {
    line: { class: "QueueLink", config: { source: "produce.item", target: "consume.item", capacity } },
  };
  return defineWorkflow({ name: "line", execution_strategy: "event_driven", steps, links });
}
