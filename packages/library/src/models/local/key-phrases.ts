import { isTheme, type Word } from "./words.js";

/** A run of words that texts are about. */
export type KeyPhrase = {
  /** As it is mostly written. */
  readonly text: string;
  /** Roots of its words, one blank between. */
  readonly root: string;
  /** Positions of the texts that have it. */
  readonly texts: ReadonlySet<number>;
  readonly times: number;
  /** Of several words, or a name such as `AlphaFold` or `mRNA`: it says what is meant by itself. */
  readonly isSpecific: boolean;
};

type Count = {
  times: number;
  readonly texts: Set<number>;
  readonly forms: Map<string, number>;
  readonly length: number;
};

/** A text as runs of words with nothing but blanks or hyphens between. */
export type Runs = readonly (readonly Word[])[];

const longest = 4;
/** With so many phrases that say what is meant, words that could mean much are left out. */
const enough = 8;

/**
 * Phrases by C-value: how often a run of words that are no stop words is there, weighed by its length, less what belongs to longer
 * phrases around it. What stands in one text alone is no theme where there are several.
 */
export function keyPhrases(texts: readonly Runs[], most: number): readonly KeyPhrase[] {
  const counts = countAll(texts);
  const least = texts.length >= 8 ? 3 : texts.length >= 3 ? 2 : 1;
  const frequency = ({ times, texts: within }: Count): number => (texts.length >= 3 ? within.size : times);
  const kept = [...counts].filter(([, count]) => frequency(count) >= least && (texts.length >= 3 || count.times >= 2));
  const nested = nestedIn(kept, frequency);
  const scored = kept.map(([root, count]) => {
    const around = nested.get(root);
    const free = frequency(count) - (around === undefined ? 0 : around.sum / around.phrases);
    return { root, count, score: weightOf(count, texts.length) * free };
  });
  scored.sort((a, b) => b.score - a.score || b.count.times - a.count.times || (a.root < b.root ? -1 : 1));
  const phrases = scored
    .filter(({ score }) => score > 0)
    .map(({ root, count }) => ({
      root,
      text: formOf(count),
      texts: count.texts,
      times: count.times,
      isSpecific: count.length > 1 || isName(formOf(count)),
    }));
  const specific = phrases.filter(({ isSpecific }) => isSpecific);
  return (specific.length >= enough ? specific : phrases).slice(0, most);
}

/** Longer phrases weigh more. A single word that is no name weighs little, and nothing if most texts have it. */
function weightOf(count: Count, texts: number): number {
  if (count.length > 1) return Math.log2(count.length + 0.6);
  if (isName(formOf(count))) return 0.8;
  return texts >= 8 && count.texts.size > texts / 2 ? 0 : 0.35;
}

const isName = (form: string): boolean => /.\p{Lu}|\p{L}\d/u.test(form);

function countAll(texts: readonly Runs[]): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  texts.forEach((runs, at) => {
    for (const run of runs.flatMap(themeRuns))
      for (let from = 0; from < run.length; from++)
        for (let to = from + 1; to <= Math.min(run.length, from + longest); to++)
          count(counts, run.slice(from, to), at);
  });
  return counts;
}

/** The stretches of a run that hold no stop word. */
function themeRuns(run: readonly Word[]): readonly (readonly Word[])[] {
  const found: Word[][] = [[]];
  for (const word of run) {
    if (isTheme(word)) found.at(-1)?.push(word);
    else if (found.at(-1)?.length !== 0) found.push([]);
  }
  return found.filter(({ length }) => length > 0);
}

function count(counts: Map<string, Count>, words: readonly Word[], text: number): void {
  const root = words.map((word) => word.root).join(" ");
  const known = counts.get(root) ?? {
    times: 0,
    texts: new Set<number>(),
    forms: new Map<string, number>(),
    length: words.length,
  };
  const form = words.map((word) => word.text).join(" ");
  known.times++;
  known.texts.add(text);
  known.forms.set(form, (known.forms.get(form) ?? 0) + 1);
  counts.set(root, known);
}

type Around = { sum: number; phrases: number };

/** Of each phrase: how often longer ones around it are there. */
function nestedIn(
  kept: readonly (readonly [string, Count])[],
  frequency: (count: Count) => number,
): ReadonlyMap<string, Around> {
  const around = new Map<string, Around>();
  for (const [root, one] of kept) {
    const words = root.split(" ");
    const inner = new Set<string>();
    for (let from = 0; from < words.length; from++)
      for (let to = from + 1; to <= words.length; to++)
        if (to - from < words.length) inner.add(words.slice(from, to).join(" "));
    for (const part of inner) {
      const sum = around.get(part) ?? { sum: 0, phrases: 0 };
      sum.sum += frequency(one);
      sum.phrases++;
      around.set(part, sum);
    }
  }
  return around;
}

/** The commonest way to write it; in small letters where that is one of the ways. */
function formOf({ forms }: Count): string {
  const sorted = [...forms].sort((a, b) => b[1] - a[1] || (a[0] > b[0] ? -1 : 1));
  const [[best = ""] = []] = sorted;
  return forms.has(best.toLowerCase()) ? best.toLowerCase() : best;
}
