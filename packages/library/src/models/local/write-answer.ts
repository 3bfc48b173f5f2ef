import { localModelName } from "../model-name.js";
import { chooseQuotes } from "./choose-quotes.js";
import { citation, cited, counted, literal, tally } from "./cite.js";
import { bears, type Cue } from "./cues.js";
import { figureLines } from "./field-figures.js";
import { patternLines, yearTable } from "./patterns.js";
import type { Quote, Reading } from "./reading.js";

type Section = { readonly heading: string; readonly lines: readonly string[] };

const mostThemes = 12;
const mostSources = 60;

/** What it is, in front of every answer. */
export const notice = `No language model has read this: \`${localModelName}\` counts words, ranks sentences and quotes them. What stands between quotation marks is in the texts word for word; nothing is concluded from it.`;

/** The answer as Markdown, part by part; parts that nothing can be said in are left out. */
export function writeAnswer(reading: Reading): readonly string[] {
  if (reading.quotes.length === 0 && reading.sources.length === 0) return emptyAnswer(reading);
  const used = new Set<string>();
  // Sentences that are there for something are chosen first, so that they are not taken for central ones only.
  const close = closest(reading, used);
  const open = cuedLines(reading, "open", 5, used);
  const advice = cuedLines(reading, "advice", 4, used);
  const results = cuedLines(reading, "figures", 5, used);
  const central = quoted(reading, ({ rank }) => rank, 6, used);
  const sections: readonly Section[] = [
    { heading: "What was read", lines: readLines(reading) },
    { heading: "Main themes", lines: themeLines(reading) },
    { heading: "Closest to the question", lines: close },
    { heading: "Most central statements", lines: central },
    { heading: "Results with figures", lines: results },
    { heading: "Patterns", lines: patternLines(reading) },
    { heading: "Open questions in the texts", lines: open },
    { heading: "What the texts recommend", lines: advice },
    { heading: "Sources", lines: sourceLines(reading, used) },
  ];
  const parts = sections.filter(({ lines }) => lines.length > 0);
  return [`> ${notice}\n`, ...parts.map(({ heading, lines }) => `\n## ${heading}\n\n${lines.join("\n")}\n`)];
}

/** Without a text to quote: what it is, and the figures if there are any. */
function emptyAnswer({ data }: Reading): readonly string[] {
  const figures = figureLines(data);
  const mend = "For an answer in words of its own, name a model: `model: provider/model`, or set NANOBRAIN_MODEL.";
  const found =
    figures.length > 0 ? `\n## Figures\n\n${figures.join("\n")}\n` : "\nThere is no text here that could be quoted.\n";
  return [`> ${notice}\n`, found, `\n${mend}\n`];
}

function readLines(reading: Reading): readonly string[] {
  const { sources, quotes } = reading;
  const years = sources.flatMap(({ year }) => year ?? []);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const span = years.length === 0 ? "" : first === last ? `, of ${first}` : `, of the years ${first} to ${last}`;
  const origins = tally(sources.flatMap((source) => source.origins)).map(
    ([name, count]) => `${literal(name)} ${count}`,
  );
  const silent = sources.filter(({ text }) => text === "").length;
  const figures = figureLines(reading.data);
  return [
    `${counted(sources.length, "text")}${span}, with ${counted(quotes.length, "sentence")} that can be quoted.`,
    ...(silent === 0 ? [] : [`Of ${counted(silent, "text")} only the title is there.`]),
    ...(origins.length === 0 ? [] : [`Found in: ${origins.join(", ")}.`]),
    ...spaced(yearTable(reading)),
    ...spaced(figures),
  ];
}

const spaced = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ["", ...lines]);

function themeLines({ phrases, sources }: Reading): readonly string[] {
  const shown = phrases.slice(0, mostThemes);
  if (shown.length === 0) return [];
  if (sources.length < 3) return shown.map(({ text, times }) => `- ${literal(text)}: ${counted(times, "time")}`);
  return [
    "| Phrase | Texts | Times |",
    "|---|---:|---:|",
    ...shown.map(({ text, texts, times }) => `| ${literal(text)} | ${texts.size} | ${times} |`),
  ];
}

function closest(reading: Reading, used: Set<string>): readonly string[] {
  return quoted(reading, ({ closeness, rank }) => closeness * Math.sqrt(rank), 5, used);
}

/** Quotes of a cue, the central ones first; one that the question's words are in comes before others. */
function cuedLines(reading: Reading, cue: Cue, most: number, used: Set<string>): readonly string[] {
  return quoted(reading, (quote) => (bears(cue, quote) ? scoreOf(quote) : 0), most, used);
}

export const scoreOf = ({ rank, closeness }: Quote): number => rank * (1 + closeness / 10);

function quoted(reading: Reading, score: (quote: Quote) => number, most: number, used: Set<string>): readonly string[] {
  const ofOne = reading.sources.length < 4 ? most : 1;
  return chooseQuotes(reading.quotes, score, { most, ofOne, used }).map((quote) => `- ${cited(quote)}`);
}

/** The sources that are quoted by number. */
function sourceLines({ sources, quotes }: Reading, used: ReadonlySet<string>): readonly string[] {
  const numbers = new Set(quotes.filter(({ text }) => used.has(text)).map(({ source }) => source.number));
  const listed = sources.filter((source) => numbers.has(source.number) && citation(source) === `[${source.number}]`);
  return listed.slice(0, mostSources).map(({ number, label }) => `- [${number}] ${literal(label.slice(0, 300))}`);
}
