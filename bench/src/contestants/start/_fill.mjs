// Fills a store with runs as the engine's own store writes them: OPEN of them begun, FINISHED completed.
import { createRuntime, defineStep, defineWorkflow, load } from "../../lib/ours.mjs";

const [store, open, finished] = process.argv.slice(2);
const Step = defineStep({ class: "bench.Step", version: "1", run: async () => ({ out: 1 }) });
const runtime = await createRuntime({ store, steps: [Step], environment: {} });
const workflow = defineWorkflow({ name: "small", steps: { step: { class: Step } } });
const { plan } = await load(runtime, workflow);
const together = 2000;
const at = Date.now() - 86_400_000;

function create(number, isOpen) {
  const id = runtime.newRunId();
  const name = `${isOpen ? "open" : "past"}-run-${number}`;
  const about = { id, name, workflow: "small", plan: plan.hash, format: 1, phases: {}, options: { project: store } };
  const events = [
    { seq: 1, at, type: "run.created", ...about },
    { seq: 2, at, type: "run.started", run: 0, workflow: 0, inputs: {} },
    ...(isOpen ? [] : [{ seq: 3, at, type: "run.completed", run: 0 }]),
  ];
  const ended = { status: isOpen ? "running" : "completed", endedAt: isOpen ? null : at };
  const record = { id, name, workflow: "small", planHash: plan.hash, createdAt: at, lastSeq: events.length, ...ended };
  return runtime.store.create({ runId: id, events, record, plan });
}

async function fill(count, isOpen) {
  for (let begun = 0; begun < count; begun += together) {
    const size = Math.min(together, count - begun);
    await Promise.all(Array.from({ length: size }, (_, i) => create(begun + i, isOpen)));
  }
}

await fill(Number(finished), false);
await fill(Number(open), true);
const unfinished = await runtime.store.runs({ unfinished: true });
if (unfinished.length !== Number(open)) throw new Error(`Error ${unfinished.length} open runs, not ${open}`);
await runtime.close({ drainMs: 0 });
