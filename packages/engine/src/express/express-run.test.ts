import { describe, expect, it } from "vitest";
import { ExpressRig } from "../testing/express-rig.js";
import { expressReport, handedOverFaults } from "../testing/express-rules.js";
import { plainDag } from "../testing/plain-dag.js";
import { buildPlan } from "../testing/plan-builder.js";
import { seededRandom } from "../testing/seeded-random.js";
import { checkJournal } from "../testing/simulator/journal-rules.js";
import type { ExpressPlan } from "./express-plan.js";

const SEEDS = 60;

function placesOf(seed: number): number {
  return [1024, 1024, 3, 1][seed % 4] ?? 1;
}

describe("express run", () => {
  it("journal: every event is what the kernel decides, in its order, whatever ends when", async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const dag = plainDag(seed, { absences: seed % 3 === 0 });
      const rig = new ExpressRig(dag, placesOf(seed));
      rig.run.begin();
      await rig.finish(seededRandom(`order ${seed}`));
      if (rig.isHandedOver) {
        // Something is to be skipped, which the kernel does.
        expect({ seed, faults: await overFaults(rig, dag, placesOf(seed)) }).toEqual({ seed, faults: [] });
        expect(seed % 3).toBe(0);
        continue;
      }
      expect({ seed, completed: rig.isCompleted, taken: rig.taken }).toEqual({ seed, completed: true, taken: 0 });
      const events = await rig.events();
      expect({ seed, faults: expressReport(dag.plan, events, placesOf(seed)).faults }).toEqual({ seed, faults: [] });
      expect({ seed, faults: checkJournal(dag.plan, events).faults }).toEqual({ seed, faults: [] });
    }
  });

  it("hand-over: at every pause what is open is handed over, once, and the kernel takes the journal", async () => {
    let points = 0;
    for (let seed = 0; seed < SEEDS / 2; seed++) {
      for (let at = 0; ; at++) {
        const dag = plainDag(seed, { absences: seed % 3 === 0 });
        const rig = new ExpressRig(dag, placesOf(seed));
        rig.run.begin();
        let moves = 0;
        await rig.finish(seededRandom(`order ${seed}`), () => moves++ === at);
        if (rig.isCompleted) break;
        const isOver = rig.isHandedOver;
        rig.run.needEngine();
        expect(rig.isHandedOver).toBe(true);
        expect({ seed, at, faults: await overFaults(rig, dag, placesOf(seed)) }).toEqual({ seed, at, faults: [] });
        points++;
        if (isOver) break;
      }
    }
    expect(points).toBeGreaterThan(SEEDS);
  });

  it("hand-over: within every call of a step's code as well", async () => {
    for (let seed = 0; seed < SEEDS / 2; seed++) {
      for (let at = 1; ; at++) {
        const dag = plainDag(seed);
        const rig: ExpressRig = new ExpressRig(dag, placesOf(seed), (_step, given) => {
          if (rig.calls.length === at) given.log("info", "something to say");
        });
        rig.run.begin();
        await rig.finish(seededRandom(`order ${seed}`));
        if (rig.isCompleted) break;
        expect({ seed, at, faults: await overFaults(rig, dag, placesOf(seed)) }).toEqual({ seed, at, faults: [] });
      }
    }
  });

  it("places: a hand-over gives all of them back, and calls nothing more", async () => {
    for (let seed = 0; seed < 50; seed++) {
      const rig = new ExpressRig(plainDag(seed, { steps: 12 }), 4);
      rig.run.begin();
      rig.run.needEngine();
      const calls = rig.calls.length;
      rig.unfinished();
      await rig.finish(seededRandom(seed), () => true);
      for (const { resolve } of rig.waiting.splice(0)) resolve(undefined);
      for (let i = 0; i < 10; i++) await Promise.resolve();
      expect({ seed, taken: rig.taken, calls: rig.calls.length }).toEqual({ seed, taken: 0, calls });
    }
  });

  it("hand-over: an attempt's time goes on from when its code was called", async () => {
    const spec = {
      name: "limited",
      inputs: {},
      steps: { s0: { timeoutMs: 1000, config: { manner: "later" } }, s1: {} },
    };
    const dag = {
      spec: { ...spec, outputs: {}, links: [] },
      plan: buildPlan({ ...spec, outputs: {}, links: [] }),
      inputs: {},
    };
    const rig = new ExpressRig(dag, 1);
    rig.run.begin();
    const beganMs = rig.nowMs;
    rig.nowMs += 600;
    rig.run.needEngine();
    expect(rig.unfinished().map(({ endsAtMs, ending }) => ({ endsAtMs, isBegun: ending !== undefined }))).toEqual([
      { endsAtMs: beganMs + 1000, isBegun: true },
    ]);
  });
});

async function overFaults(
  rig: ExpressRig,
  dag: ReturnType<typeof plainDag>,
  places: number,
): Promise<readonly string[]> {
  const unfinished = rig.unfinished();
  const { faults, tree } = expressReport(dag.plan, await rig.events(), places);
  return [...faults, ...handedOverFaults(tree, unfinished)];
}

describe("express run: planted bugs are found", () => {
  const plants: { readonly [bug: string]: (plan: ExpressPlan) => ExpressPlan } = {
    "a step starts before all came": (plan) => ({ ...plan, need: plan.need.map((count) => Math.max(1, count - 1)) }),
    "the last in turn starts first": (plan) => ({ ...plan, first: [...plan.first].reverse() }),
    "who waits for a place is taken in the wrong order": (plan) => ({
      ...plan,
      priority: plan.priority.map((position) => plan.priority.length - 1 - position),
    }),
    "what follows a node is looked at in the wrong order": (plan) => ({ ...plan, next: reversed(plan) }),
  };

  it.each(Object.entries(plants))("%s", async (_bug, plant) => {
    let found = 0;
    for (let seed = 0; seed < 60; seed++) {
      const dag = plainDag(seed, { steps: 14 });
      const rig = new ExpressRig(dag, placesOf(seed), undefined, plant);
      rig.run.begin();
      await rig.finish(seededRandom(seed));
      if (expressReport(dag.plan, await rig.events(), placesOf(seed)).faults.length > 0) found++;
    }
    expect(found).toBeGreaterThan(0);
  });

  it("an attempt under way is forgotten, or handed over under another number", async () => {
    const dag = plainDag("lost", { steps: 14 });
    const rig = new ExpressRig(dag);
    rig.run.begin();
    rig.run.needEngine();
    const unfinished = rig.unfinished();
    const { tree } = expressReport(dag.plan, await rig.events(), 1024);
    expect(unfinished.length).toBeGreaterThan(0);
    expect(handedOverFaults(tree, unfinished)).toEqual([]);
    expect(handedOverFaults(tree, unfinished.slice(1))).toHaveLength(1);
    expect(
      handedOverFaults(
        tree,
        unfinished.map((one) => ({ ...one, id: one.id + 1 })),
      ),
    ).not.toEqual([]);
  });

  it("a record is missing, or two are exchanged", async () => {
    const dag = plainDag("record", { steps: 14 });
    const rig = new ExpressRig(dag);
    rig.run.begin();
    await rig.finish(seededRandom("record"));
    const events = await rig.events();
    for (let at = 2; at < events.length - 1; at++) {
      const without = events
        .filter((_event, index) => index !== at)
        .map((event, index) => ({ ...event, seq: index + 1 }));
      expect({ at, found: expressReport(dag.plan, without, 1024).faults.length > 0 }).toEqual({ at, found: true });
    }
  });
});

function reversed({ next, nextStart }: ExpressPlan): Int32Array {
  const turned = next.slice();
  for (let node = 0; node + 1 < nextStart.length; node++)
    turned.subarray(nextStart[node], nextStart[node + 1]).reverse();
  return turned;
}
