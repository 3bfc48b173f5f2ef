// Asks a store everything it can be asked, and goes on with its unfinished run.
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";
import { openSqliteStore } from "../../packages/engine/dist/adapters/stores/sqlite/sqlite-store.js";
import { rigSteps } from "./steps.mjs";

const runs = ["first", "second", "rig"];

/** Answers by question: a value, or the code of the error that was given instead. */
export async function askAll(folder) {
  const answers = {};
  const ask = async (name, question) => {
    try {
      answers[name] = { value: (await question()) ?? null };
    } catch (error) {
      answers[name] = { code: String(error.code ?? error.stack) };
    }
  };
  const store = await openSqliteStore({ folder: join(folder, ".nanobrain") });
  await ask("runs", () => store.runs());
  await ask("unfinished", () => store.runs({ unfinished: true }));
  for (const run of runs) {
    await ask(`find ${run}`, () => store.find(run));
    await ask(`events of ${run}`, () => store.events(run));
    await ask(`end of ${run}`, () => store.events(run, 6));
    await ask(`logs of ${run}`, () => store.logs(run));
    await ask(`plan of ${run}`, async () => store.plan((await store.find(run)).planHash));
  }
  await store.close();
  await ask("going on", () => goOn(folder));
  return answers;
}

async function goOn(folder) {
  const runtime = await createRuntime({
    store: join(folder, ".nanobrain"),
    steps: rigSteps(folder, ""),
    project: folder,
  });
  try {
    const isOver = (await runtime.store.find("rig"))?.status === "completed";
    const run = await (isOver ? runtime.attach("rig") : runtime.resume("rig"));
    const { status, outputs } = await run.result();
    return { status, outputs };
  } finally {
    await runtime.close();
  }
}
