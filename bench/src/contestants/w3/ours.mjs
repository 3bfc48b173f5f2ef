// NanoBrain: one event-driven run; a source step emits each event, three steps hand it on over links.
import { createRuntime, defineStep, defineWorkflow, load, version } from "../../lib/ours.mjs";

export { version };
export const note = "one event-driven run, store: memory; a source that emits, three linked steps";
const most = 1_000_000_000;

export async function pipeline({ stages, onOut }) {
  let begun;
  let end;
  const source = new Promise((resolve) => (begun = resolve));
  const ended = new Promise((resolve) => (end = resolve));
  const Source = defineStep({
    class: "bench.Source",
    version: "1",
    run: async ({ emit }) => {
      begun(emit);
      await ended;
      return {};
    },
  });
  const [first, second, third] = stages;
  const pass =
    (stage) =>
    async ({ inputs }) => ({ out: await stage(inputs.in) });
  const last = async ({ inputs }) => {
    onOut(await third(inputs.in));
    return {};
  };
  const classes = [pass(first), pass(second), last].map((run, at) =>
    defineStep({ class: `bench.Stage${at}`, version: "1", run }),
  );
  const runtime = await createRuntime({ store: "memory", steps: [Source, ...classes], environment: {} });
  const loaded = await load(runtime, workflowOf(Source, classes));
  const run = await runtime.start(loaded, {});
  const emit = await source;
  const close = async () => {
    end();
    await run.result();
    await runtime.close();
  };
  return { emit: (event) => emit("out", event), close };
}

function workflowOf(Source, classes) {
  const step = (at) => ({
    class: classes[at],
    cache: "off",
    max_activations: most,
    inputs: { in: { from: at === 0 ? "source.out" : `stage${at - 1}.out`, merge: "each" } },
  });
  const stages = Object.fromEntries([0, 1, 2].map((at) => [`stage${at}`, step(at)]));
  const steps = { source: { class: Source, cache: "off", outputs: ["out"] }, ...stages };
  return defineWorkflow({ name: "pipeline", execution_strategy: "event_driven", steps });
}
