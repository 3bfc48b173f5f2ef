import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import { QueueBench, workflowWithQueue } from "../../testing/queue-bench.js";
import { type SeededRandom, seededRandom } from "../../testing/seeded-random.js";
import { copyQueues, type QueueState, snapshotQueues } from "./queue-state.js";

const setting = fc.record({
  balance: fc.constantFrom("round_robin" as const, "least_loaded" as const, "weighted" as const, "adaptive" as const),
  targets: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  keyed: fc.boolean(),
  seed: fc.nat(),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

type Played = {
  readonly bench: QueueBench;
  readonly valid: number[];
  readonly absences: number;
  readonly faults: string[];
};

const failure = failureOf("E_VALUE_SCHEMA", {});

/** A random story. Items are numbers in order of arrival; the key of an item is its last digit modulo 4. */
function play({ balance, targets, concurrency, keyed, seed }: Setting): Played {
  const options = { balance, weights: [1, 2, 3, 4].slice(0, targets), ...(keyed ? { key: "id" } : {}) };
  const bench = new QueueBench(workflowWithQueue(options, targets), concurrency);
  const random = seededRandom(seed);
  const played = { bench, valid: [] as number[], absences: 0, faults: [] as string[] };
  let next = 0;
  for (let step = 0; step < 120; step++) {
    bench.now += random.int(9);
    switch (random.int(8)) {
      case 0:
        next = putList(played, random, next, keyed);
        break;
      case 1:
        played.valid.push(next);
        bench.one(next, keyed ? { keys: [next % 4] } : {});
        next++;
        break;
      case 2:
        if (random.int(4) === 0) {
          bench.nothing();
          played.absences++;
        } else restart(bench);
        break;
      default:
        moveTarget(bench, random, random.int(targets));
    }
    check(played, keyed);
  }
  bench.drain();
  check(played, keyed);
  return played;
}

function putList(played: Played, random: SeededRandom, next: number, keyed: boolean): number {
  const items = Array.from({ length: 1 + random.int(5) }, (_, index) => next + index);
  const invalid = items.flatMap((_, place) => (random.int(6) === 0 ? [[place, failure] as const] : []));
  const refused = new Set(invalid.map(([place]) => place));
  played.valid.push(...items.filter((_, place) => !refused.has(place)));
  played.bench.list(items, { invalid, ...(keyed ? { keys: items.map((item) => item % 4) } : {}) });
  return next + items.length;
}

function moveTarget(bench: QueueBench, random: SeededRandom, target: number): void {
  const held = [...(bench.holding[target]?.keys() ?? [])];
  if (random.int(2) === 0 || held.length === 0) bench.begin(target);
  else bench.end(target, held[random.int(held.length)]);
}

/** Another process goes on with a copy, which must not differ from the state it was made of. */
function restart(bench: QueueBench): void {
  const [copy] = copyQueues([bench.queue]);
  expect(snapshotQueues([copy as QueueState])).toEqual(snapshotQueues([bench.queue]));
  bench.queue = copy as QueueState;
}

function check({ bench, faults }: Played, keyed: boolean): void {
  const begun = bench.log.filter((line) => !line.endsWith("absent")).length;
  if (bench.queue.waiting !== bench.added - begun) faults.push(`waiting is ${bench.queue.waiting}`);
  if (!keyed) return;
  const keys = bench.holding.flatMap((held) => [...held.values()].flatMap((value) => keyOf(value)));
  if (new Set(keys).size < keys.length) faults.push(`a key twice under way: ${keys.join()}`);
}

function keyOf(value: unknown): number[] {
  const item = (value as { json?: number } | undefined)?.json;
  return item === undefined ? [] : [item % 4];
}

const numbersOf = (lines: readonly string[]): number[] =>
  lines.map((line) => Number(line.split(" ")[1])).filter((item) => !Number.isNaN(item));

const ascending = (items: readonly number[]): boolean =>
  items.every((item, at) => at === 0 || item > (items[at - 1] ?? 0));

describe("queue order", () => {
  it("every item begins exactly once, whoever is fast or slow", () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { bench, valid, faults } = play(given);
        expect(faults).toEqual([]);
        expect(numbersOf(bench.log).sort((a, b) => a - b)).toEqual(valid);
      }),
      { numRuns: 40 },
    );
  });

  it("order holds for each target without keys, and for each key with them", () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { bench } = play(given);
        for (let target = 0; target < given.targets; target++) {
          const own = numbersOf(bench.log.filter((line) => line.startsWith(`t${target} `)));
          if (!given.keyed) expect(ascending(own)).toBe(true);
        }
        for (let key = 0; given.keyed && key < 4; key++)
          expect(ascending(numbersOf(bench.log).filter((item) => item % 4 === key))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("each absence reaches each target once", () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { bench, absences } = play(given);
        for (let target = 0; target < given.targets; target++)
          expect(bench.log.filter((line) => line === `t${target} absent`).length).toBe(absences);
      }),
      { numRuns: 40 },
    );
  });

  it("an emptied queue holds nothing", () => {
    fc.assert(
      fc.property(setting, (given) => {
        const { queue } = play(given).bench;
        const { ranges, waiting, parked, keys, flights } = queue;
        expect([ranges.held.length, waiting, parked, keys.size, flights.size]).toEqual([0, 0, 0, 0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it("round_robin and weighted: the target of an item does not depend on time", () => {
    fc.assert(
      fc.property(setting, fc.nat(), (given, other) => {
        if (given.balance !== "round_robin" && given.balance !== "weighted") return;
        const workflow = workflowWithQueue({ balance: given.balance, weights: [1, 2, 3, 4] }, given.targets);
        const [first, second] = [given.seed, other].map((seed) => {
          const bench = new QueueBench(workflow, given.concurrency).list(Array.from({ length: 40 }, (_, item) => item));
          const random = seededRandom(seed);
          for (let step = 0; step < 60; step++) moveTarget(bench, random, random.int(given.targets));
          return [...bench.drain().log].sort();
        });
        expect(first).toEqual(second);
      }),
      { numRuns: 40 },
    );
  });
});
