import { beforeAll, describe, expect, it } from "vitest";
import { type PlantedHostBug, plantedHostBugs } from "./planted-host-bugs.js";
import { simulate, warmUp } from "./simulation.js";

beforeAll(warmUp);

describe("simulator", () => {
  it("2,000 seeds: crashes, drains, pauses, full and failing disks; every invariant holds after every run", async () => {
    const injected: { [fault: string]: number } = {};
    for (let seed = 1; seed <= 2000; seed++) {
      const report = await simulate(seed);
      expect(report.faults, `seed ${seed}`).toEqual([]);
      for (const [fault, count] of Object.entries(report.injected)) injected[fault] = (injected[fault] ?? 0) + count;
    }
    // A campaign that injects nothing shows nothing.
    for (const [fault, least] of Object.entries({
      crash: 1000,
      drain: 200,
      "run.paused": 300,
      full: 200,
      error: 150,
      "run.cancelled": 30,
    }))
      expect(injected[fault] ?? 0, fault).toBeGreaterThan(least);
  });

  it.each([
    [1986, "an attempt aborted by a drain counted as a failure"],
    [11611, "a run taken over missed its turn for a free lane"],
    [36007, "an ended driver gave up the place in line of the one that followed it"],
    [2348, "a child run that failed took the place of an attempt it held back with it"],
    [725, "an attempt held back when its run failed kept its lane for ever"],
  ])("seed %i, once: %s", async (seed) => {
    expect((await simulate(seed)).faults).toEqual([]);
  });

  it("one seed, one run: the same journals and the same outside, byte for byte", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const first = await simulate(seed);
      const second = await simulate(seed);
      expect(second.text, `seed ${seed}`).toBe(first.text);
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
