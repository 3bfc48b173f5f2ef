import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ExpressRig } from "../testing/express-rig.js";
import { plainDag } from "../testing/plain-dag.js";
import { seededRandom } from "../testing/seeded-random.js";
import { keepSort } from "./kept-sort.js";

/** Whether V8 takes two objects for the same sort. */
function comparison(): (a: object, b: object) => boolean {
  setFlagsFromString("--allow-natives-syntax");
  try {
    const compare = runInThisContext("(a, b) => %HaveSameMap(a, b)") as (a: object, b: object) => boolean;
    // It is compiled when it is called first.
    expect(compare({}, [])).toBe(false);
    return compare;
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}

describe("kept sort", () => {
  it("runs that have ended, of whatever plan, are of the sort of the one that is kept", async () => {
    const isSameSort = comparison();
    const kept = keepSort();
    for (let seed = 0; seed < 30; seed++) {
      const rig = new ExpressRig(plainDag(seed));
      rig.nowMs = Date.UTC(2026, 0, 1) + seed + 0.5;
      rig.run.begin();
      await rig.finish(seededRandom(seed));
      const same = { run: isSameSort(rig.run, kept), journal: isSameSort(rig.run.journal, kept.journal) };
      expect({ seed, ...same }).toEqual({ seed, run: true, journal: true });
    }
    expect(keepSort()).toBe(kept);
  });
});
