import { comparable, digitsOf, jaccard, shinglesOf } from "./shingles.js";

/** Comparisons for one text, after which it counts as no duplicate. */
const maxComparisons = 5_000;

export type NearSearch = {
  /** By place: the place of the earlier text that it is nearly equal to. */
  readonly duplicateOf: ReadonlyMap<number, number>;
  /** Texts that were like too many others to be compared with all of them. */
  readonly givenUp: number;
};

/**
 * Finds texts that are nearly equal to an earlier one that is none itself: the sets of their pieces of five characters are equal to
 * the share `threshold`. Only texts of the same block with the same numbers in them are compared. The order of `texts` decides
 * who is earlier.
 */
export function nearDuplicates(texts: readonly string[], blocks: readonly string[], threshold: number): NearSearch {
  const groups = new Map<string, number[]>();
  for (const [at, text] of texts.entries()) {
    const key = `${digitsOf(text)}|${blocks[at] ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  const duplicateOf = new Map<number, number>();
  let givenUp = 0;
  for (const group of groups.values())
    if (group.length > 1) givenUp += searchGroup(texts, group, threshold, duplicateOf);
  return { duplicateOf, givenUp };
}

/**
 * Exact, by prefix filtering: two sets that are that alike share one of their rarest pieces, so only those that do are compared.
 * Gives how many were given up.
 */
function searchGroup(
  texts: readonly string[],
  group: readonly number[],
  threshold: number,
  duplicateOf: Map<number, number>,
): number {
  const sets = rankedSets(group.map((at) => comparable(texts[at] ?? "")));
  const index = new Map<number, number[]>();
  let givenUp = 0;
  for (const [member, set] of sets.entries()) {
    if (set.length === 0) continue;
    const prefix = set.subarray(0, set.length - Math.ceil(threshold * set.length - 1e-9) + 1);
    const { found, isWhole } = earliest(member, prefix, sets, index, threshold);
    if (found !== undefined) duplicateOf.set(group[member] ?? 0, group[found] ?? 0);
    else for (const piece of prefix) entryOf(index, piece).push(member);
    if (found === undefined && !isWhole) givenUp += 1;
  }
  return givenUp;
}

/** The earliest of the indexed sets that is alike, whatever piece led to it. */
function earliest(
  member: number,
  prefix: Uint32Array,
  sets: readonly Uint32Array[],
  index: ReadonlyMap<number, readonly number[]>,
  threshold: number,
): { readonly found?: number; readonly isWhole: boolean } {
  const set = sets[member] as Uint32Array;
  const asked = new Set<number>();
  let found = sets.length;
  for (const piece of prefix)
    for (const other of index.get(piece) ?? []) {
      if (asked.has(other)) continue;
      if (asked.size >= maxComparisons) return found < sets.length ? { found, isWhole: false } : { isWhole: false };
      asked.add(other);
      const otherSet = sets[other] as Uint32Array;
      const isLike = otherSet.length >= threshold * set.length && set.length >= threshold * otherSet.length;
      if (other < found && isLike && jaccard(set, otherSet, threshold) >= threshold) found = other;
    }
  return found < sets.length ? { found, isWhole: true } : { isWhole: true };
}

function entryOf(index: Map<number, number[]>, piece: number): number[] {
  const known = index.get(piece);
  if (known !== undefined) return known;
  const made: number[] = [];
  index.set(piece, made);
  return made;
}

/** Each text's pieces as ranks, rarest first: rank 0 is the rarest piece of all. */
function rankedSets(texts: readonly string[]): readonly Uint32Array[] {
  const counts = new Map<number, number>();
  const pieces = texts.map((text) => (text === "" ? [] : shinglesOf(text)));
  for (const set of pieces) for (const piece of set) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const order = [...counts].sort(([a, n], [b, m]) => n - m || a - b);
  const ranks = new Map(order.map(([piece], rank) => [piece, rank]));
  return pieces.map((set) => Uint32Array.from(set, (piece) => ranks.get(piece) ?? 0).sort());
}
