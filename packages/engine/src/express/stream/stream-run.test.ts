import { describe, expect, it } from "vitest";
import { expressReport, handedOverFaults } from "../../testing/express-rules.js";
import { type PlainStream, plainStream } from "../../testing/plain-stream.js";
import { seededRandom } from "../../testing/seeded-random.js";
import { checkJournal } from "../../testing/simulator/journal-rules.js";
import { StreamRig } from "../../testing/stream-rig.js";

const SEEDS = 90;

function placesOf(seed: number): number {
  return [1024, 1024, 1024, 4][seed % 4] ?? 1;
}

async function overFaults(rig: StreamRig, { plan }: PlainStream, places: number): Promise<readonly string[]> {
  const unfinished = rig.unfinished();
  const { faults, tree } = expressReport(plan, await rig.events(), places);
  return [...faults, ...handedOverFaults(tree, unfinished)];
}

describe("stream run", () => {
  it("journal: every event is what the kernel decides, in its order, whatever ends when", async () => {
    let completed = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const stream = plainStream(seed, { absences: seed % 2 === 0 });
      const rig = new StreamRig(stream, placesOf(seed));
      rig.run.begin();
      await rig.finish(seededRandom(`order ${seed}`));
      if (rig.isHandedOver) {
        expect({ seed, faults: await overFaults(rig, stream, placesOf(seed)) }).toEqual({ seed, faults: [] });
        continue;
      }
      expect({ seed, completed: rig.isCompleted, taken: rig.taken }).toEqual({ seed, completed: true, taken: 0 });
      const events = await rig.events();
      expect({ seed, faults: expressReport(stream.plan, events, placesOf(seed)).faults }).toEqual({ seed, faults: [] });
      expect({ seed, faults: checkJournal(stream.plan, events).faults }).toEqual({ seed, faults: [] });
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, index) => index + 1));
      completed++;
    }
    expect(completed).toBeGreaterThan(SEEDS / 2);
  });

  it("hand-over: at every pause what is open is handed over, once, and the kernel takes the journal", async () => {
    let points = 0;
    for (let seed = 0; seed < SEEDS / 3; seed++) {
      for (let at = 0; ; at++) {
        const stream = plainStream(seed, { absences: seed % 2 === 0 });
        const rig = new StreamRig(stream, placesOf(seed));
        rig.run.begin();
        let moves = 0;
        await rig.finish(seededRandom(`order ${seed}`), () => moves++ === at);
        if (rig.isCompleted) break;
        const isOver = rig.isHandedOver;
        rig.run.needEngine();
        expect(rig.isHandedOver).toBe(true);
        expect({ seed, at, faults: await overFaults(rig, stream, placesOf(seed)) }).toEqual({ seed, at, faults: [] });
        points++;
        if (isOver) break;
      }
    }
    expect(points).toBeGreaterThan(SEEDS);
  });

  it("hand-over: within every call of a step's code as well", async () => {
    for (let seed = 0; seed < SEEDS / 5; seed++) {
      for (let at = 1; ; at++) {
        const stream = plainStream(seed);
        const rig: StreamRig = new StreamRig(stream, placesOf(seed), (_step, given) => {
          if (rig.calls.length === at) given.log("info", "something to say");
        });
        rig.run.begin();
        await rig.finish(seededRandom(`order ${seed}`));
        if (rig.isCompleted || rig.calls.length < at) break;
        expect({ seed, at, faults: await overFaults(rig, stream, placesOf(seed)) }).toEqual({ seed, at, faults: [] });
      }
    }
  });
});
