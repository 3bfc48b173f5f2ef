// One process that begins, or goes on with, a run whose step is the end of the process it runs in.
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";

const [folder, doom, executor] = process.argv.slice(2);
const here = import.meta.dirname;
const runtime = await createRuntime({ store: join(folder, "store"), project: here, pools: { cpu: 1 } });
const options = {
  executor,
  compiled: false,
  set: [
    ["steps.doomed.config.doom", doom],
    ["steps.doomed.config.folder", folder],
    ["steps.doomed.timeout", "120"],
  ],
};
const known = await runtime.store.find("fatal");
const run =
  known === undefined
    ? await runtime.start(await runtime.load(join(here, "doomed.yml"), options), {}, { runId: "fatal" })
    : await runtime.resume("fatal");
const { status, failures } = await run.result();
process.stdout.write(`${JSON.stringify({ status, codes: failures.map(({ failure }) => failure.code) })}\n`);
await runtime.close();
