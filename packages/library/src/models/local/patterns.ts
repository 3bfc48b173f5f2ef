import { counted, literal, tally } from "./cite.js";
import type { KeyPhrase } from "./key-phrases.js";
import type { Reading } from "./reading.js";

const mostLines = 5;
const mostPhrases = 24;
/** Fewer texts show no pattern. */
const leastTexts = 6;

/** What can be counted over several texts: phrases that come together, and those that come more or less often with time. */
export function patternLines(reading: Reading): readonly string[] {
  if (reading.sources.length < leastTexts) return [];
  return [...togetherLines(reading), ...trendLines(reading)];
}

type Pair = { readonly a: KeyPhrase; readonly b: KeyPhrase; readonly both: number; readonly lift: number };

function togetherLines({ phrases, sources }: Reading): readonly string[] {
  const pairs: Pair[] = [];
  const top = phrases.filter(({ isSpecific }) => isSpecific).slice(0, mostPhrases);
  top.forEach((a, at) => {
    for (const b of top.slice(at + 1)) {
      if (shares(a, b)) continue;
      const both = [...a.texts].filter((text) => b.texts.has(text)).length;
      const lift = (both * sources.length) / (a.texts.size * b.texts.size);
      if (both >= 3 && lift >= 1.3) pairs.push({ a, b, both, lift });
    }
  });
  pairs.sort((x, y) => gain(y) - gain(x) || y.both - x.both);
  const apart = pairs.filter((pair, at) => !pairs.slice(0, at).some((other) => sameStart(other, pair)));
  return apart
    .slice(0, mostLines)
    .map(
      ({ a, b, both, lift }) =>
        `- “${literal(a.text)}” and “${literal(b.text)}” stand together in ${counted(both, "text")}, ${lift.toFixed(1)} times as many as if they came by chance (${a.texts.size} and ${b.texts.size} of ${sources.length} texts have one of them).`,
    );
}

/** Texts more than by chance, in the way of a log-likelihood. */
const gain = ({ both, lift }: Pair): number => both * Math.log(lift);

/** Two pairs that say nearly the same, as their phrases are parts of each other. */
function sameStart(one: Pair, other: Pair): boolean {
  return (shares(one.a, other.a) && shares(one.b, other.b)) || (shares(one.a, other.b) && shares(one.b, other.a));
}

function shares(a: KeyPhrase, b: KeyPhrase): boolean {
  const words = new Set(a.root.split(" "));
  return b.root.split(" ").some((word) => words.has(word));
}

function trendLines({ phrases, sources }: Reading): readonly string[] {
  const years = sources.map(({ year }) => year);
  const known = years.filter((year) => year !== undefined).sort((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  if (middle === undefined || known.length < sources.length * 0.6 || known[0] === middle) return [];
  const early = years.flatMap((year, at) => (year !== undefined && year < middle ? [at] : []));
  const late = years.flatMap((year, at) => (year !== undefined && year >= middle ? [at] : []));
  const specific = phrases.filter(({ isSpecific }) => isSpecific);
  const trends = specific.slice(0, mostPhrases).map((phrase) => {
    const before = early.filter((at) => phrase.texts.has(at)).length;
    const since = late.filter((at) => phrase.texts.has(at)).length;
    return { phrase, before, since, change: since / late.length - before / early.length };
  });
  const telling = trends.filter(({ before, since, change }) => before + since >= 4 && Math.abs(change) >= 0.12);
  telling.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  const apart = telling.filter(({ phrase }, at) => !telling.slice(0, at).some((other) => shares(other.phrase, phrase)));
  return apart
    .slice(0, mostLines)
    .map(
      ({ phrase, before, since, change }) =>
        `- “${literal(phrase.text)}” comes ${change > 0 ? "more" : "less"} often with time: in ${before} of ${counted(early.length, "text")} before ${middle}, in ${since} of ${late.length} since.`,
    );
}

/** How many texts each year has, as a table, the oldest first; years long past are taken together. */
export function yearTable({ sources }: Reading): readonly string[] {
  const years = sources.flatMap(({ year }) => year ?? []);
  if (years.length < 3) return [];
  const counts = [...tally(years)].sort((a, b) => a[0] - b[0]);
  const shown = counts.slice(-12);
  const older = counts.slice(0, -12).reduce((sum, [, count]) => sum + count, 0);
  const rows = shown.map(([year, count]) => `| ${year} | ${count} |`);
  const [first] = shown;
  return [
    "| Year | Texts |",
    "|---|---:|",
    ...(older === 0 ? [] : [`| before ${first?.[0] ?? ""} | ${older} |`]),
    ...rows,
  ];
}
