import { chooseQuotes } from "./choose-quotes.js";
import { citation, tally } from "./cite.js";
import { bears, type Cue } from "./cues.js";
import { bm25 } from "./rank-sentences.js";
import type { Quote, Reading } from "./reading.js";
import { isTelling, wordsOf } from "./words.js";
import { scoreOf } from "./write-answer.js";

/** What a value is for: the name of its property, and what the schema says of it. */
export type Wanted = { readonly name: string; readonly words: string; readonly reading: Reading };

const things = "(records?|papers?|texts?|documents?|articles?|sources?|studies|publications?|works)";

/** What can be counted, by the name of the property. */
const countings: readonly (readonly [RegExp, (reading: Reading) => number])[] = [
  [/sentences?|statements?/i, ({ quotes }) => quotes.length],
  [/(first|earliest|oldest|from|min).*year|year.*(from|min|first)/i, (reading) => Math.min(...yearsOf(reading))],
  [/(last|latest|newest|to|max).*year|year.*(to|max|last)/i, (reading) => Math.max(...yearsOf(reading))],
  [
    new RegExp(
      `^(count|number|total|how_?many|n|num)?(_?of)?_?${things}?_?(count|number|total|read|analy[sz]ed)?$`,
      "i",
    ),
    ({ sources }) => sources.length,
  ],
];

const yearsOf = ({ sources }: Reading): readonly number[] => sources.flatMap(({ year }) => year ?? []);

/** What a property of that name counts. Undefined: nothing that can be counted. */
export function countFor({ name, reading }: Wanted): number | undefined {
  const value = countings.find(([pattern]) => pattern.test(name))?.[1](reading);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** By the property's name: quotations of its kind, else those closest to its words, else the most central ones. */
export function quotesFor({ name, words, reading }: Wanted, most: number): readonly Quote[] {
  const cue = cueOf(`${name} ${words}`);
  const ofOne = reading.sources.length < 4 ? most : 1;
  const choose = (score: (quote: Quote) => number): readonly Quote[] =>
    chooseQuotes(reading.quotes, score, { most, ofOne, used: new Set() });
  if (cue !== undefined) return choose((quote) => (bears(cue, quote) ? scoreOf(quote) : 0));
  const asked = new Set(
    wordsOf(`${name.replaceAll(/[_-]/g, " ")} ${words}`)
      .filter(isTelling)
      .map(({ root }) => root),
  );
  const scores = bm25(
    reading.quotes.map(({ text }) => wordsOf(text)),
    asked,
  );
  const closeness = new Map(reading.quotes.map((quote, at) => [quote, scores[at] ?? 0]));
  return choose((quote) => scoreOf(quote) * (1 + (closeness.get(quote) ?? 0) / 5));
}

function cueOf(words: string): Cue | undefined {
  if (/open.?question|gap|limitation|future|unknown|direction|unanswered/i.test(words)) return "open";
  if (/recommend|advice|action|guideline/i.test(words)) return "advice";
  return /finding|result|figure|evidence/i.test(words) ? "result" : undefined;
}

/** Key phrases, the telling ones first. */
export function phrasesOf({ phrases }: Reading, most: number): readonly string[] {
  return phrases.slice(0, most).map(({ text }) => text);
}

/** The sources of what can be quoted. */
export function sourcesOf({ quotes }: Reading, most: number): readonly string[] {
  return tally(quotes.map(({ source }) => citation(source)))
    .slice(0, most)
    .map(([key]) => key);
}

/** A title that is one, or else key phrases. */
export function titleOf({ sources, phrases }: Reading): string {
  const [first] = sources;
  if (sources.length === 1 && first?.title !== undefined) return first.title;
  return phrases
    .slice(0, 3)
    .map(({ text }) => text)
    .join(", ");
}
