import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/seeded-random.js";
import { TurnSet } from "./turn-set.js";

function shuffled(count: number, random: ReturnType<typeof seededRandom>): Int32Array {
  const drawn = Array.from({ length: count }, (_, at) => ({ at, lot: random.next() }));
  return Int32Array.from(drawn.sort((a, b) => a.lot - b.lot).map(({ at }) => at));
}

describe("turn set", () => {
  it.each([1, 31, 32, 33, 1024, 1025, 40_000])(
    "%i turns: the first of those that are in it, whatever is added when",
    (count) => {
      const random = seededRandom(`turns ${count}`);
      const turns = shuffled(count, random);
      const set = new TurnSet(turns);
      const out = shuffled(count, random);
      const within = new Set<number>();
      const taken: number[] = [];
      for (const node of out) {
        set.add(node);
        within.add(node);
        while (within.size > 0 && random.int(count > 2000 ? 400 : 3) === 0) {
          const first = [...within].reduce((least, one) => ((turns[one] ?? 0) < (turns[least] ?? 0) ? one : least));
          expect(set.take()).toBe(first);
          within.delete(first);
          taken.push(first);
        }
      }
      const rest = [...within].sort((a, b) => (turns[a] ?? 0) - (turns[b] ?? 0));
      expect(rest.map(() => set.take())).toEqual(rest);
      expect(set.size).toBe(0);
      expect(taken.length + rest.length).toBe(count);
    },
  );
});
