// What one process of the crash rig does: starts or resumes a run and, if told so, kills itself the moment event N is known to be
// committed. Everything it may be judged by is written outside the store: acknowledged events and effects.

import { join } from "node:path";
import { createRuntime, Workflow } from "@nanobrain/engine";
import { plantedClock, plantedStore } from "./planted.mjs";
import { noteIn, rigSteps } from "./steps.mjs";

const runId = process.env.RIG_RUN ?? "rig";
/** Runs of plain code that go on beside each other, so that their commits are one. */
const three = [runId, `${runId}-b`, `${runId}-c`];
const beside = { "lone.yml": [runId], "plain.yml": three, "handed.yml": three };
const die = () => process.kill(process.pid, "SIGKILL");

/** `mode`: run, resume or answer. Rejects when the run cannot go on; what the run itself came to is noted. */
export async function drive({ folder, document, mode, killAt = 0, planted = "" }) {
  const store = await plantedStore(planted, join(folder, ".nanobrain"));
  const clock = plantedClock(planted, mode);
  let heard = 0;
  const hear = () => {
    if (++heard === killAt) die();
  };
  const parts = { store, steps: rigSteps(folder, planted, hear), project: folder, ...(clock && { clock }) };
  const runtime = await createRuntime(parts);
  try {
    if (mode === "answer") return await answer(runtime, folder);
    if (beside[document] !== undefined) return await drivePlain(runtime, folder, document, mode, hear);
    const run = await open(runtime, folder, document, mode);
    run.listen((event) => {
      noteIn(folder, "acked", String(event.seq));
      if (event.seq >= killAt && killAt > 0) die();
    });
    if (document === "reacting.yml") await react(runtime, run, mode);
    const { status, outputs } = await run.result();
    if (status !== "waiting") noteIn(folder, "finished", JSON.stringify({ status, outputs }));
  } finally {
    await runtime.close();
    if (typeof store === "object") await store.close();
  }
}

/** Nobody listens: each end is noted once its result is known. */
async function drivePlain(runtime, folder, document, mode, hear) {
  const ids = beside[document];
  const runs = await Promise.all(ids.map((id) => open(runtime, folder, document, mode, id)));
  const ends = runs.map(async (run) => {
    const { status, outputs } = await run.result();
    noteIn(folder, "ended", `${run.id} ${status}`);
    hear();
    return { status, outputs };
  });
  const [first, ...others] = await Promise.all(ends);
  const same = others.every(({ outputs }) => JSON.stringify(outputs) === JSON.stringify(first.outputs));
  noteIn(folder, "finished", JSON.stringify({ status: same ? first.status : "unlike", outputs: first.outputs }));
}

async function open(runtime, folder, document, mode, id = runId) {
  const before = mode === "resume" ? await runtime.store.find(id) : undefined;
  // It had ended, and nobody was told.
  if (before?.status === "completed" || before?.status === "failed") return runtime.attach(id);
  if (before !== undefined) return runtime.resume(id);
  const workflow = await Workflow.fromConfig(join(folder, document), { runtime });
  return workflow.start({}, { runId: id });
}

/** Fires by hand unless the journal has it, and finishes the run once everything has fired as often as it will. */
async function react(runtime, run, mode) {
  const fired = { inbox: 0, due: 0, go: 0 };
  const names = run.plan.workflows[0].triggers.map(({ name }) => name);
  const past = mode === "resume" ? (await runtime.look(runId)).events : [];
  if (!past.some(({ type, trigger }) => type === "trigger.fired" && names[trigger] === "go"))
    await run.trigger("go", "now");
  for await (const event of run.events()) {
    if (event.type === "trigger.fired") fired[names[event.trigger]]++;
    if (fired.inbox >= 2 && fired.due >= 3 && fired.go >= 1) break;
  }
  await run.finish().catch((error) => {
    if (error.code !== "E_RUN_STATE") throw error;
  });
}

/** Answers who waits, and dies the moment the answer is acknowledged. */
async function answer(runtime, folder) {
  const run = await runtime.attach(runId);
  for (const { step } of await run.asks()) if (step === "approve") await run.answer(step, "yes", "rig");
  noteIn(folder, "answered", "yes");
  die();
}
