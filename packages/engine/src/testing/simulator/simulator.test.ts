import { beforeAll, describe, expect, it } from "vitest";
import { allConstructs, constructsOf } from "../constructs.js";
import { knownSeeds } from "./known-seeds.js";
import { type PlantedHostBug, plantedHostBugs } from "./planted-host-bugs.js";
import { drawLong, drawReactions, drawRollbacks, drawScenario, drawShared, type ScenarioDraw } from "./scenario.js";
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
  ["shared resources and results, clocks that jump", drawShared, 190, { crash: 95, jump: 190 }],
  ["waits of years, sleep, clocks set by years", drawLong, 60, { crash: 20, jump: 50 }],
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

  it.each(knownSeeds)("seed $seed, once: $what", async ({ draw, seed }) => {
    expect((await simulate(seed, {}, draw)).faults).toEqual([]);
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
