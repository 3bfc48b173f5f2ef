import { isTelling, type Word } from "./words.js";

/** A sentence's words by number, each with its weight; the weights' squares add up to 1. */
export type TermVector = readonly (readonly [term: number, weight: number])[];

const damping = 0.85;
const rounds = 30;
const nearlyNothing = 1e-9;

/** TF-IDF over the sentences, of telling words. */
export function termVectors(sentences: readonly (readonly Word[])[]): readonly TermVector[] {
  const numbers = new Map<string, number>();
  const within: number[] = [];
  const counted = sentences.map((words) => {
    const counts = new Map<number, number>();
    for (const word of words) {
      if (!isTelling(word)) continue;
      const number = numbers.get(word.root) ?? numbers.size;
      numbers.set(word.root, number);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    for (const number of counts.keys()) within[number] = (within[number] ?? 0) + 1;
    return counts;
  });
  return counted.map((counts) => {
    const weighed = [...counts].map(
      ([term, times]) => [term, (1 + Math.log(times)) * Math.log(1 + sentences.length / (within[term] ?? 1))] as const,
    );
    const length = Math.hypot(...weighed.map(([, weight]) => weight)) || 1;
    return weighed.map(([term, weight]) => [term, weight / length] as const);
  });
}

/**
 * LexRank: how central each sentence is among all, by the cosines between them; the mean is 1. Cosines are sums over words, so that the
 * walk goes over words and back instead of over pairs of sentences: time grows with the text, not with its square.
 */
export function lexRank(vectors: readonly TermVector[]): readonly number[] {
  const count = vectors.length;
  const total = spread(
    vectors,
    vectors.map(() => 1),
  );
  // Each sentence is like itself; that says nothing of the others.
  const degrees = vectors.map((vector) => gathered(vector, total) - (vector.length > 0 ? 1 : 0));
  let ranks = vectors.map(() => 1);
  for (let round = 0; round < rounds; round++) {
    const shares = ranks.map((rank, at) => ((degrees[at] ?? 0) > nearlyNothing ? rank / (degrees[at] ?? 1) : 0));
    const flow = spread(vectors, shares);
    ranks = vectors.map((vector, at) => 1 - damping + damping * (gathered(vector, flow) - (shares[at] ?? 0)));
  }
  const sum = ranks.reduce((all, rank) => all + rank, 0) || 1;
  return ranks.map((rank) => (rank * count) / sum);
}

function spread(vectors: readonly TermVector[], shares: readonly number[]): Float64Array {
  const most = vectors.reduce((top, vector) => vector.reduce((max, [term]) => Math.max(max, term), top), -1);
  const sums = new Float64Array(most + 1);
  vectors.forEach((vector, at) => {
    for (const [term, weight] of vector) sums[term] = (sums[term] ?? 0) + weight * (shares[at] ?? 0);
  });
  return sums;
}

function gathered(vector: TermVector, sums: Float64Array): number {
  return vector.reduce((sum, [term, weight]) => sum + weight * (sums[term] ?? 0), 0);
}

/** The cosine of two sentences, 0 to 1. */
export function likeness(a: TermVector, b: TermVector): number {
  const weights = new Map(a);
  return b.reduce((sum, [term, weight]) => sum + weight * (weights.get(term) ?? 0), 0);
}

const k1 = 1.2;
const lengthShare = 0.75;

/** BM25 of each sentence for the roots that are asked for. */
export function bm25(sentences: readonly (readonly Word[])[], asked: ReadonlySet<string>): readonly number[] {
  const mean = sentences.reduce((sum, words) => sum + words.length, 0) / Math.max(sentences.length, 1);
  const within = new Map<string, number>();
  const counted = sentences.map((words) => {
    const counts = new Map<string, number>();
    for (const { root } of words) if (asked.has(root)) counts.set(root, (counts.get(root) ?? 0) + 1);
    for (const root of counts.keys()) within.set(root, (within.get(root) ?? 0) + 1);
    return { counts, length: words.length };
  });
  return counted.map(({ counts, length }) => {
    let score = 0;
    for (const [root, times] of counts) {
      const rare = Math.log(1 + (sentences.length - (within.get(root) ?? 0) + 0.5) / ((within.get(root) ?? 0) + 0.5));
      score += (rare * times * (k1 + 1)) / (times + k1 * (1 - lengthShare + (lengthShare * length) / mean));
    }
    return score;
  });
}
