import { beforeAll, describe, expect, it } from "vitest";
import { allConstructs, constructsOf } from "../constructs.js";
import { type PlantedHostBug, plantedHostBugs } from "./planted-host-bugs.js";
import { drawReactions, drawRollbacks, drawScenario, drawShared, type ScenarioDraw } from "./scenario.js";
import { simulate, warmUp } from "./simulation.js";

beforeAll(warmUp);

/** Of each kind of scenario: how many seeds, and how often each fault is injected at least. A campaign that injects nothing shows nothing. */
const campaigns: readonly (readonly [string, ScenarioDraw, number, { readonly [fault: string]: number }])[] = [
  [
    "whatever fails",
    drawScenario,
    1200,
    { crash: 600, drain: 120, "run.paused": 180, full: 120, error: 90, "run.cancelled": 15 },
  ],
  ["rollbacks", drawRollbacks, 200, { crash: 100, drain: 20, "run.paused": 30, full: 20, error: 15 }],
  ["shared resources and results, clocks that jump", drawShared, 250, { crash: 125, jump: 250 }],
  [
    "triggers and an outside that acts",
    drawReactions,
    350,
    { crash: 175, drain: 35, "run.paused": 50, "unit.set": 350, "trigger.fired": 700, "run.finished": 350 },
  ],
];

describe("simulator", () => {
  it.each(campaigns)(
    "%s: crashes, drains, pauses, full and failing disks; every invariant holds after every run",
    async (_what, draw, seeds, least) => {
      const injected: { [fault: string]: number } = {};
      for (let seed = 1; seed <= seeds; seed++) {
        const report = await simulate(seed, {}, draw);
        expect(report.faults, `seed ${seed}`).toEqual([]);
        for (const [fault, count] of Object.entries(report.injected)) injected[fault] = (injected[fault] ?? 0) + count;
      }
      for (const [fault, count] of Object.entries(least)) expect(injected[fault] ?? 0, fault).toBeGreaterThan(count);
    },
  );

  it("seeds: those that are run use 95 of 100 constructs of the dialect", () => {
    const used = new Set(
      campaigns.flatMap(([, draw, seeds]) =>
        Array.from({ length: seeds / 2 }, (_, index) =>
          draw(index + 1).runs.flatMap(({ plan }) => [...constructsOf(plan)]),
        ).flat(),
      ),
    );
    const missing = [...allConstructs].filter((name) => !used.has(name));
    expect(missing.length / allConstructs.size, missing.join(", ")).toBeLessThanOrEqual(0.05);
  });

  it.each([
    [295, "what a take-over began to undo was aborted by the same turn"],
    [307, "an undoing that a rollback above it aborted counted as done"],
    [1469, "a run with 200 rollbacks"],
  ])("seed %i of rollbacks, once: %s", async (seed) => {
    expect((await simulate(seed, {}, drawRollbacks)).faults).toEqual([]);
  });

  it.each([
    [1986, "an attempt aborted by a drain counted as a failure"],
    [11611, "a run taken over missed its turn for a free lane"],
    [36007, "an ended driver gave up the place in line of the one that followed it"],
    [2348, "a child run that failed took the place of an attempt it held back with it"],
    [725, "an attempt held back when its run failed kept its lane for ever"],
    [4328, "what such an attempt gave back was not looked at by its own run"],
  ])("seed %i, once: %s", async (seed) => {
    expect((await simulate(seed)).faults).toEqual([]);
  });

  it("one seed, one run: the same journals and the same outside, byte for byte", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      for (const draw of [drawScenario, drawReactions]) {
        const first = await simulate(seed, {}, draw);
        const second = await simulate(seed, {}, draw);
        expect(second.text, `seed ${seed}`).toBe(first.text);
      }
    }
  });

  it.each(Object.keys(plantedHostBugs) as PlantedHostBug[])("planted: %s, noticed", async (bug) => {
    let noticed: number | undefined;
    for (let seed = 1; seed <= 150 && noticed === undefined; seed++) {
      const { faults } = await simulate(seed, plantedHostBugs[bug]);
      if (faults.length > 0) noticed = seed;
    }
    expect(noticed).toBeDefined();
  });
});
