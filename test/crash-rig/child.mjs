// One process of the crash rig: starts or resumes the run `rig` and, if told so, kills itself the moment event N is known to
// be committed. Everything it may be judged by is written outside the store: acknowledged events and effects, synced.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createRuntime, defineStep, Workflow } from "@nanobrain/engine";
import { openSqliteStore } from "../../packages/engine/dist/adapters/stores/sqlite/sqlite-store.js";

const [folder, document, mode, killAt, planted] = process.argv.slice(2);

function note(file, line) {
  const fd = openSync(join(folder, file), "a");
  writeSync(fd, `${line}\n`);
  fsyncSync(fd);
  closeSync(fd);
}

const port = { "~standard": { version: 1, vendor: "rig", validate: (value) => ({ value }) } };

/** Does something outside once, by `effect`, and fails as often as it is told. */
const effect = defineStep({
  class: "Effect",
  version: "1",
  inputs: { in: { schema: port, optional: true } },
  outputs: { out: port },
  async run({ inputs, config, attempt, effect: once, idempotencyKey }) {
    const write = () => {
      note("witness", idempotencyKey);
      return `${config.name}(${[inputs.in ?? ""].flat().join(" ")})`;
    };
    const text = planted === "effect-unrecorded" ? write() : await once("write", write);
    if (attempt <= (config.fails ?? 0)) throw new TypeError("not yet");
    return { out: text };
  },
  config: { ...port },
});

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
const runtime = await createRuntime({ store, steps: [effect], project: folder });

async function open() {
  const before = mode === "resume" ? await runtime.store.find("rig") : undefined;
  if (before !== undefined && before.status !== "completed") return runtime.resume("rig");
  const workflow = await Workflow.fromConfig(join(folder, document), { runtime });
  return workflow.start({}, { runId: "rig" });
}

const run = await open();
run.listen((event) => {
  note("acked", String(event.seq));
  if (event.seq >= Number(killAt) && Number(killAt) > 0) process.kill(process.pid, "SIGKILL");
});
const result = await run.result();
note("finished", JSON.stringify({ status: result.status, outputs: result.outputs }));
await runtime.close();
