import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bm25, lexRank, likeness, termVectors } from "./rank-sentences.js";
import { wordsOf } from "./words.js";

const sentence = fc
  .array(fc.constantFrom("protein", "cell", "virus", "gene", "grows", "binds", "fast", "lung", "mouse"), {
    minLength: 1,
    maxLength: 8,
  })
  .map((words) => wordsOf(words.join(" ")));

/** LexRank as it is written down: over all pairs of sentences. */
function byPairs(vectors: ReturnType<typeof termVectors>): readonly number[] {
  const cosines = vectors.map((a, i) => vectors.map((b, j) => (i === j ? 0 : likeness(a, b))));
  const degrees = cosines.map((row) => row.reduce((sum, one) => sum + one, 0));
  let ranks = vectors.map(() => 1);
  for (let round = 0; round < 30; round++)
    ranks = vectors.map((_, i) => {
      const flow = vectors.reduce(
        (sum, __, j) =>
          sum +
          ((cosines[i]?.[j] ?? 0) * (ranks[j] ?? 0)) /
            ((degrees[j] ?? 0) > 1e-9 ? (degrees[j] ?? 1) : Number.POSITIVE_INFINITY),
        0,
      );
      return 0.15 + 0.85 * flow;
    });
  const mean = ranks.reduce((sum, one) => sum + one, 0) / ranks.length;
  return ranks.map((rank) => rank / mean);
}

describe("lexRank", () => {
  it("is the same as over all pairs", () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 12 }), (sentences) => {
        const vectors = termVectors(sentences);
        const expected = byPairs(vectors);
        lexRank(vectors).forEach((rank, at) => {
          expect(rank).toBeCloseTo(expected[at] ?? Number.NaN, 9);
        });
      }),
    );
  });

  it("the sentence that others are like comes first", () => {
    const texts = [
      "The virus infects lung cells of mice",
      "A virus infects lung cells",
      "Lung cells die of the virus",
      "Music is loud today",
    ];
    const ranks = lexRank(termVectors(texts.map(wordsOf)));
    expect(ranks.indexOf(Math.min(...ranks))).toBe(3);
    expect(ranks.indexOf(Math.max(...ranks))).toBeLessThan(3);
  });
});

describe("bm25", () => {
  it("rare words count more than common ones, and none count nothing", () => {
    const texts = ["protein folding is fast", "protein binding is slow", "protein of a virus", "nothing of that kind"];
    const scores = bm25(texts.map(wordsOf), new Set(["protein", "virus"]));
    expect(scores[2]).toBeGreaterThan(scores[0] ?? 0);
    expect(scores[0]).toBeGreaterThan(0);
    expect(scores[3]).toBe(0);
  });
});
