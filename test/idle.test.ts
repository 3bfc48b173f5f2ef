import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const base = mkdtempSync(join(tmpdir(), "nanobrain-idle-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const document = `name: idle
execution_strategy: event_driven
completion: manual
data_units: { level: { class: DataUnitMemory, config: { role: parameter, default: 1 } } }
steps:
  load: { class: TransformStep, executor: local, config: { expression: f }, inputs: { f: {} } }
  alarm: { class: TransformStep, executor: local, config: { expression: "1" } }
triggers:
  inbox: { class: FolderTrigger, config: { path: inbox, pattern: "*.txt", debounce: 0.01, step_targets: [load.f] } }
  high: { class: ConditionTrigger, config: { condition: "level > 5", step_targets: [alarm] } }
  bad: { class: ConditionTrigger, config: { condition: "metrics.run.error_rate > 0.1", window: 5m, step_targets: [alarm] } }
  go: { class: ManualTrigger, config: { step_targets: [load.f] } }
EXTRA`;

/** Serves the document, has each of its triggers at work once, and prints what could wake the process once all is done. */
const program = `
import { createHook } from "node:async_hooks";
import { createRuntime } from "@nanobrain/engine";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
const [, folder] = process.argv;
const timers = new Set();
const init = (id, type) => void (type === "Timeout" && timers.add(id));
createHook({ init, destroy: (id) => void timers.delete(id) }).enable();
mkdirSync(join(folder, "inbox"), { recursive: true });
const runtime = await createRuntime({ store: join(folder, ".nanobrain"), project: folder });
const server = await runtime.serve([await runtime.load(join(folder, "idle.yml"))]);
const run = await runtime.attach(server.served()[0].run.id);
const ended = new Set();
const three = (async () => {
  for await (const event of run.events()) {
    if (event.type === "attempt.succeeded" && ended.add(event.id).size >= 3) return;
  }
})();
writeFileSync(join(folder, "inbox", "a.txt"), "a");
await run.trigger("go", "b");
await run.set("level", 9);
await three;
let rounds = 0;
const look = () => {
  // Timers without a hold on the process, too. What this loop waited with is no more when it looks.
  if (timers.size > 0 && ++rounds < 40) return void setTimeout(() => setImmediate(look), 20);
  const polls = process.getActiveResourcesInfo().filter((name) => /StatWatcher|FSReq/.test(name));
  process.stdout.write(JSON.stringify({ status: run.status, timers: timers.size, polls }));
  void runtime.close();
};
setImmediate(look);
`;

function served(extra: string): { status: string; timers: number; polls: readonly string[] } {
  const folder = mkdtempSync(join(base, "served-"));
  writeFileSync(join(folder, "idle.yml"), document.replace("EXTRA", extra));
  const args = ["--input-type=module", "-e", program, folder];
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8", cwd: import.meta.dirname, timeout: 60_000 }),
  );
}

test("idle: a served run that watches a folder, conditions and a person has no timer and looks at nothing", () => {
  expect(served("")).toEqual({ status: "running", timers: 0, polls: [] });
});

test("idle: with something due, exactly one timer", () => {
  const daily =
    '  daily: { class: TimerTrigger, config: { cron: "0 0 1 1 *", timezone: UTC, step_targets: [alarm] } }\n';
  expect(served(daily)).toEqual({ status: "running", timers: 1, polls: [] });
});
