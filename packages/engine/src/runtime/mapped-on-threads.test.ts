import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { RunEvent } from "../kernel/event.js";
import { createRuntime } from "./create-runtime.js";
import type { RunHandle, Runtime } from "./runtime.js";

let folder = "";
let runtime: Runtime;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-mapped-"));
  await writeFile(join(folder, "steps.js"), steps);
  runtime = await createRuntime({ store: "memory", project: folder, pools: { cpu: 2 } });
});
afterEach(async () => {
  await runtime.close({ drainMs: 0 });
  await rm(folder, { recursive: true, force: true });
});

/** Each item writes its number down before anything else, and then is quick, or what its list says. */
const steps = `
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
export function item({ n, ways, folder }) {
  appendFileSync(folder + "/begun", n + "\\n");
  const way = ways[n] ?? "quick";
  if (way === "hang") while (true);
  if (way === "exit" || (way === "exit once" && !existsSync(folder + "/exited-" + n))) {
    writeFileSync(folder + "/exited-" + n, "");
    process.exit(3);
  }
  if (way === "slow") for (const end = performance.now() + 20; performance.now() < end; );
  return n;
}`;

type Ways = { readonly [item: number]: "hang" | "exit" | "exit once" | "slow" };

async function start(count: number, ways: Ways, more: string, each = ""): Promise<RunHandle> {
  const document = `name: flow
input_data_units: { items: { class: DataUnitMemory } }
output_data_units: { out: { class: DataUnitMemory } }
steps:
  each:
    class: ./steps.js#item
    cache: "off"
    for_each: { over: items, as: value, concurrency: 1000${each} }
    inputs: { items: { from: items } }
${more}
links: { out: { class: DirectLink, config: { source: each.output, target: out } } }
`;
  await writeFile(join(folder, "flow.yml"), document);
  const loaded = await runtime.load(join(folder, "flow.yml"));
  expect(loaded.diagnostics).toEqual([]);
  return runtime.start(loaded, { items: Array.from({ length: count }, (_, n) => ({ n, ways, folder })) });
}

const begun = async (): Promise<number[]> => {
  const text = await readFile(join(folder, "begun"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
};
const runsOf = (all: readonly number[], item: number): number => all.filter((one) => one === item).length;
const eventsOf = async (run: RunHandle, type: RunEvent["type"]): Promise<readonly RunEvent[]> =>
  (await runtime.store.events(run.id)).filter((event) => event.type === type);
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

it("mapped on threads: an item that ends its thread in the middle of a batch is tried again, the others use no retry", async () => {
  const run = await start(
    400,
    { 150: "exit once" },
    "    error_handling: retry\n    max_retries: 1\n    retry_delay: 0",
  );
  const { status, outputs } = await run.result();
  expect([status, outputs["out"]]).toEqual(["completed", numbers(400)]);
  expect(await eventsOf(run, "attempt.failed")).toMatchObject([{ c: 150, failure: { code: "E_LANE_DIED" } }]);
  expect(await eventsOf(run, "attempt.started")).toHaveLength(401);
  const all = await begun();
  expect(runsOf(all, 150)).toBe(2);
  // Ends that the thread had not told yet are lost with it: what they were of runs again. What had not begun did so once.
  for (const item of numbers(400)) expect(runsOf(all, item)).toBeGreaterThanOrEqual(1);
  for (const item of numbers(400).slice(300)) expect(runsOf(all, item)).toBe(1);
});

it("mapped on threads: each item that ends its thread fails, and nobody else", async () => {
  const ways = { 20: "exit", 21: "exit", 22: "exit", 90: "exit" } as const;
  const run = await start(200, ways, "    max_retries: 0", ", max_failures: 4");
  expect((await run.result()).status).toBe("completed");
  const failed = (await eventsOf(run, "attempt.failed")).map((event) => ("c" in event ? event.c : undefined));
  expect(failed.sort()).toEqual([20, 21, 22, 90]);
});

it("mapped on threads: while items hang until their timeout, those posted behind them lose no time", async () => {
  const ways = { 60: "hang", 61: "hang" } as const;
  const run = await start(300, ways, "    timeout: 4s\n    max_retries: 0", ", max_failures: 2");
  expect((await run.result()).status).toBe("completed");
  const failed = await eventsOf(run, "attempt.failed");
  const found = failed.map((event) => ("failure" in event && "c" in event ? [event.c, event.failure.code] : []));
  expect(found.sort()).toEqual([
    [60, "E_TIMEOUT"],
    [61, "E_TIMEOUT"],
  ]);
});

it("mapped on threads: a cancelled run begins nothing more", async () => {
  const slow = Object.fromEntries(numbers(500).map((n) => [n, "slow"])) as Ways;
  const run = await start(500, slow, "");
  await expect.poll(async () => (await begun()).length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(20);
  await run.cancel("enough");
  expect((await run.result()).status).toBe("cancelled");
  const after = (await begun()).length;
  expect(after).toBeLessThan(500);
  await runtime.close({ drainMs: 0 });
  expect(await begun()).toHaveLength(after);
});
