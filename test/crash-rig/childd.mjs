// One process of the crash rig: starts or resumes the run `rig` and, if told so, kills itself the moment event N is known to
// be committed. Everything it may be judged by is written outside the store: acknowledged events and effects, synced.

import { join } from "node:path";
import { createRuntime, Workflow } from "@nanobrain/engine";
import { openSqliteStore } from "../../packages/engine/dist/adapters/stores/sqlite/sqlite-store.js";
import { noteIn, rigSteps } from "./steps.mjs";

const [folder, document, mode, killAt, planted] = process.argv.slice(2);
const note = (file, line) => noteIn(folder, file, line);

/** Says that events are on disk before they are: what a rig must notice. */
function hasty(store) {
  const commit = (batches) => void setTimeout(() => store.commit(batches), 40);
  return new Proxy(store, {
    get(target, name) {
      if (name === "commit") return commit;
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const place = join(folder, ".nanobrain");
const store = planted === "ack-before-write" ? hasty(await openSqliteStore({ folder: place })) : place;
const runtime = await createRuntime({ store, steps: rigSteps(folder, planted), project: folder });

async function open() {
  const before = mode === "resume" ? await runtime.store.find("rig") : undefined;
  if (before !== undefined && before.status !== "completed") return runtime.resume("rig");
  const workflow = await Workflow.fromConfig(join(folder, document), { runtime });
  return workflow.start({}, { runId: "rig" });
}

/** Fires by hand unless the journal has it, and finishes the run once everything has fired as often as it will. */
async function react(run) {
  const fired = { inbox: 0, due: 0, go: 0 };
  const names = run.plan.workflows[0].triggers.map(({ name }) => name);
  const past = mode === "resume" ? (await runtime.look("rig")).events : [];
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
async function answer() {
  const run = await runtime.attach("rig");
  for (const { step } of await run.asks()) if (step === "approve") await run.answer(step, "yes", "rig");
  note("answered", "yes");
  process.kill(process.pid, "SIGKILL");
}

if (mode === "answer") await answer();
const run = await open();
run.listen((event) => {
  note("acked", String(event.seq));
  if (event.seq >= Number(killAt) && Number(killAt) > 0) process.kill(process.pid, "SIGKILL");
});
if (document === "reacting.yml") await react(run);
const result = await run.result();
if (result.status !== "waiting") note("finished", JSON.stringify({ status: result.status, outputs: result.outputs }));
const w = setTimeout(() => {
  console.error("HANG in close", process.getActiveResourcesInfo());
}, 2000);
await runtime.close();
clearTimeout(w);
const w2 = setTimeout(() => {
  console.error("HANG at exit", process.getActiveResourcesInfo());
}, 2000).unref();
