import { describe, expect, it } from "vitest";
import { changeFaults, changes } from "./chaos/changing.js";
import { doomFaults, dooms } from "./chaos/doomed.js";
import { duplicateFaults } from "./chaos/duplicates.js";
import { hostileFaults } from "./chaos/hostile.js";
import { load, poisonFaults } from "./chaos/loads.js";
import { daylightFaults, waitFaults } from "./chaos/long-waits.js";
import { lostLockFaults } from "./chaos/lost-lock.js";
import { signalled } from "./chaos/signals.js";
import { stallFaults } from "./chaos/stalled.js";
import { storm } from "./chaos/storm.js";

/** A part of the campaigns on processes, time and data. */
describe("chaos", () => {
  it("values: what no journal holds is refused with its path, or converted as documented", async () => {
    const { count, faults } = await hostileFaults("Give", "local");
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(40);
    expect((await hostileFaults("Mangle", "local")).faults).not.toEqual([]);
  });

  it("queues: dead letters are exactly the bad items", async () => {
    const poisoned = await load("poison", 300);
    expect(poisonFaults(poisoned, 300)).toEqual([]);
    expect(poisonFaults(poisoned, 400)).not.toEqual([]);
  });

  it("processes: killed at random, no step is left out, no retry is used up, nothing runs unseen", async () => {
    const { faults, kills, retries } = await storm({ runs: 8, killsMs: [20, 80, 5] });
    expect([faults, retries]).toEqual([[], 0]);
    expect(kills).toBeGreaterThan(0);
    expect((await storm({ runs: 1, killsMs: [], planted: "hidden" })).faults).not.toEqual([]);
  });

  it("processes: five at once on one run, one drives it", async () => {
    expect(await duplicateFaults("start")).toEqual([]);
  });

  it("processes: a frozen driver that lost its lock writes nothing once it wakes", async () => {
    expect(await lostLockFaults()).toEqual([]);
  });

  it("processes: a step that holds up the event loop is named, with how long", async () => {
    expect(await stallFaults("later", 3000)).toEqual([]);
  });

  it.each(changes)("values: %s, and each attempt is looked at", async (_what, tries, status, attempts) => {
    expect(await changeFaults(tries, status, attempts)).toEqual([]);
  });

  it("processes: SIGTERM in the middle, nothing is lost and no retry used up", async () => {
    expect(await signalled("SIGTERM", 5)).toMatchObject({ faults: [], wasHit: true });
  });

  it.each(dooms.filter(({ doom }) => doom === "exit" || doom === "unhandled"))(
    "lanes: $doom on $executor, the attempt fails and all others go on",
    async (doom) => {
      expect(await doomFaults(doom)).toEqual([]);
    },
  );

  it("time: a wait of ten years, and an hour that the zone skips", async () => {
    expect(await waitFaults(3650)).toEqual([]);
    expect(await daylightFaults(Date.UTC(2026, 2, 27), 4)).toEqual([]);
  });
});
