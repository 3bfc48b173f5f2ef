// One engine with a step that is doomed, next to healthy runs: what the doomed run came to, and how the healthy ones fared.
import { join } from "node:path";
import { createRuntime } from "@nanobrain/engine";

const [folder, doom, executor, timeout, healthy = "10"] = process.argv.slice(2);
const here = import.meta.dirname;
const runtime = await createRuntime({ store: join(folder, "store"), project: here, pools: { cpu: 2 } });
const load = (name, set = []) => runtime.load(join(here, name), { executor, set, compiled: false });

const fine = await load("healthy.yml");
const doomed = await load("doomed.yml", [
  ["steps.doomed.config.doom", doom],
  ["steps.doomed.config.folder", folder],
  ["steps.doomed.timeout", timeout],
]);
const healthyRun = async () => (await (await runtime.start(fine, {})).result()).status;
await healthyRun();
const beganMs = performance.now();
const doomedRun = await runtime.start(doomed, {});
const fared = await Promise.all(Array.from({ length: Number(healthy) }, healthyRun));
const healthyMs = performance.now() - beganMs;
process.stdout.write(`${JSON.stringify({ healthyMs })}\n`);
const { status, failures } = await doomedRun.result();
const { events } = await runtime.look(doomedRun.id);
const say = {
  status,
  failures: failures.map(({ failure: { code, kind, message } }) => ({ code, kind, message })),
  attempts: events.filter(({ type }) => type === "attempt.started").length,
  endings: events.flatMap((event) =>
    event.type === "attempt.failed" ? [event.failure.code] : event.type === "attempt.lost" ? ["lost"] : [],
  ),
  healthy: fared.filter((one) => one === "completed").length,
  healthyMs,
  doomedMs: performance.now() - beganMs,
};
// The engine is as good as before.
say.after = await healthyRun();
say.rssBytes = process.memoryUsage().rss;
await runtime.close();
process.stdout.write(`${JSON.stringify(say)}\n`);
