import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import type { Store } from "../../contracts/store.js";
import { createTestRuntime, type TestRuntime } from "../../testing/kit/create-test-runtime.js";
import { hangs, takes } from "../../testing/kit/fakes.js";
import { SimulatedClock } from "../../testing/simulated-clock.js";
import type { ServeNote, Server } from "./served.js";

let folder: string;
let store: Store;
let clock: SimulatedClock;
let opened: TestRuntime[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-serve-"));
  store = openMemoryStore();
  clock = new SimulatedClock();
  opened = [];
});
afterEach(async () => {
  for (const runtime of opened) await runtime.close({ drainMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

type Serving = { readonly runtime: TestRuntime; readonly server: Server; told(...kinds: string[]): readonly string[] };

/** One process that serves the document. Its step takes `minutes`, or for ever. */
async function serve(yaml: string, minutes: number | "for ever" = 0): Promise<Serving> {
  const answer =
    minutes === "for ever" ? hangs() : takes(minutes * 60_000, { stdout: "done", stderr: "", exit_code: 0, files: [] });
  const runtime = await createTestRuntime({ store, clock, fakes: { CommandStep: answer } });
  opened.push(runtime);
  const file = join(folder, "served.yml");
  writeFileSync(file, `name: served\n${yaml}`);
  const notes: ServeNote[] = [];
  const server = await runtime.serve([await runtime.load(file)], { notify: (note) => notes.push(note) });
  await clock.advance(0);
  const told = (...kinds: string[]) =>
    notes.flatMap(({ kind, text }) => (kinds.includes(kind) ? [`${kind} ${text}`] : []));
  return { runtime, server, told };
}

const work = "steps: { work: { class: CommandStep, config: { command: [work] } } }";
const hourly = (more = "") =>
  `${work}\ntriggers: { hour: { class: TimerTrigger, config: { cron: "0 * * * *"${more} } } }`;

describe("serve: timers start runs", () => {
  it("one at each due time, and none twice", async () => {
    const { told } = await serve(hourly());
    await clock.advance("3h30m");
    expect(told("ended")).toEqual(["ended completed", "ended completed", "ended completed"]);
    expect((await store.runs()).map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
  });

  it("nothing is due: no wake-up", async () => {
    await serve(hourly());
    expect(clock.next).toBe(clock.now() + 3_600_000);
  });

  it.each([
    ["once", 1],
    ["all", 3],
    ["skip", 0],
  ])("misfire %s: after three due times without a process, %i are made up for", async (misfire, expected) => {
    const first = await serve(hourly(`, misfire: ${misfire}`));
    await clock.advance("1h");
    first.server.close();
    await first.runtime.close();
    await clock.advance("3h10m");
    const second = await serve(hourly(`, misfire: ${misfire}`));
    await clock.advance(0);
    expect(second.told("started")).toHaveLength(expected);
    await clock.advance("1h");
    expect(await store.runs()).toHaveLength(1 + expected + 1);
  });
});

describe("serve: a firing while the run before still goes", () => {
  it("queue: one after the other", async () => {
    const { told } = await serve(hourly(), 90);
    await clock.advance("2h10m");
    expect(told("started")).toHaveLength(1);
    await clock.advance("2h");
    expect(
      told("started", "ended")
        .slice(0, 3)
        .map((line) => line.split(" ")[0]),
    ).toEqual(["started", "ended", "started"]);
  });

  it("skip: it is dropped, and told", async () => {
    const { told } = await serve(hourly(", overlap: skip"), 90);
    await clock.advance("3h10m");
    expect([told("started").length, told("skipped").length]).toEqual([2, 1]);
  });

  it("cancel: the run before is cancelled", async () => {
    const { told } = await serve(hourly(", overlap: cancel"), 90);
    await clock.advance("2h");
    await clock.advance("1s");
    expect(told("ended")).toEqual(["ended cancelled"]);
    expect(told("started")).toHaveLength(2);
  });
});

describe("serve: event-driven workflows", () => {
  const reacting = `execution_strategy: event_driven
${work}
triggers: { hour: { class: TimerTrigger, config: { interval: 1h, step_targets: [work] } } }`;

  it("one run, which the next process goes on with, until it is finished", async () => {
    const first = await serve(reacting);
    await clock.advance("2h1m");
    first.server.close();
    await first.runtime.close();
    const second = await serve(reacting);
    expect(second.told("resumed")).toHaveLength(1);
    await clock.advance("1h");
    const [record, ...others] = await store.runs();
    expect(others).toEqual([]);
    const fired = (await store.events(record?.id ?? "")).filter((event) => event.type === "trigger.fired");
    expect(fired).toHaveLength(3);
    const run = await second.runtime.attach(record?.id ?? "");
    await run.finish();
    await clock.advance(0);
    await second.server.over;
    expect((await store.find(record?.id ?? ""))?.status).toBe("completed");
  });
});
