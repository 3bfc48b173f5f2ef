import { describe, expect, it } from "vitest";
import { ExpressRig } from "../testing/express-rig.js";
import { type PlainDag, plainDag } from "../testing/plain-dag.js";
import { seededRandom } from "../testing/seeded-random.js";
import { HEADER } from "./express-journal.js";
import type { ExpressDisk } from "./outside.js";

type Watched = {
  readonly faults: readonly string[];
  readonly calls: number;
  readonly saves: number;
  readonly late: number;
};

/** A disk that is written at once or later, as chance has it. `lies`: it says that all is there though nothing is. */
async function watched(dag: PlainDag, seed: number, lies = false): Promise<Watched> {
  const random = seededRandom(`keeping ${seed}`);
  const faults: string[] = [];
  let truth = HEADER;
  let asked = 0;
  let saves = 0;
  let late = 0;
  const disk: ExpressDisk = {
    takes: () => true,
    save: () => {
      saves++;
      if (asked > 0) faults.push("asked twice");
      if (lies) return true;
      if (random.chance(0.5)) {
        truth = rig.run.journal.last;
        return true;
      }
      asked = rig.run.journal.last;
      return false;
    },
  };
  const onCall = (step: string): void => {
    const { journal } = rig.run;
    const node = rig.plan.nodes.findIndex(({ name }) => name === step);
    if (journal.attemptOf(node) > truth) faults.push(`${step} is called before its start is on disk`);
    for (const { feed } of "direct" in (rig.plan.nodes[node] ?? {})
      ? (rig.plan.nodes[node] as { inputs: readonly { feed: { start: number; end: number } }[] }).inputs
      : [])
      for (let at = feed.start; at < feed.end; at++) {
        const seq = endOf(rig, rig.plan.sources[at] ?? 0);
        if (seq > truth) faults.push(`${step} uses event ${seq}, the disk ends at ${truth}`);
      }
  };
  const rig: ExpressRig = new ExpressRig(dag, 1024, onCall, undefined, disk);
  rig.run.begin();
  for (let turn = 0; turn < 1000 && !rig.isCompleted && !rig.isHandedOver; turn++) {
    await rig.finish(random, () => asked > 0 && random.chance(0.5));
    if (asked === 0) continue;
    late++;
    truth = asked = Math.max(asked, rig.run.journal.last);
    const until = asked;
    asked = 0;
    rig.run.kept(until);
  }
  if (rig.isCompleted && truth < rig.run.journal.last) faults.push("it has completed before all is on disk");
  if (!rig.isCompleted && !rig.isHandedOver) faults.push("it has not ended");
  return { faults, calls: rig.calls.length, saves, late };
}

function endOf({ run: { journal } }: ExpressRig, node: number): number {
  for (let seq = HEADER + 1; seq <= journal.last; seq++) if (journal.recordOf(seq) === ((node << 1) | 1)) return seq;
  return 0;
}

describe("keeping", () => {
  it("random plain workflows: code is called once its start, and all it uses, is on disk; completed once all is", async () => {
    let late = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { faults, ...counts } = await watched(plainDag(seed), seed);
      expect({ seed, faults }).toEqual({ seed, faults: [] });
      late += counts.late;
    }
    expect(late).toBeGreaterThan(200);
  });

  it("a disk that says it has what it has not is noticed by this test", async () => {
    const found: string[] = [];
    for (let seed = 0; seed < 5; seed++)
      found.push(...(await watched(plainDag(seed, { steps: 6 }), seed, true)).faults);
    expect(found.filter((fault) => fault.includes("before its start"))).not.toEqual([]);
  });
});
