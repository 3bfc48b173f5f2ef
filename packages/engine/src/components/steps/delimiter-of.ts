import type { Delimiter } from "./delimited-text.js";

/** In the order in which they are taken where nothing else decides. */
const candidates: readonly Delimiter[] = [",", ";", "\t", "|"];
const sampleCharacters = 65_536;
const sampleRows = 100;
/** Share of the rows that must agree for one to be told of: what is only mostly a table is none. */
const agreement = 0.9;

/** How often each candidate stands outside of quotes in each row; `isSpaced`: each comma of the first row has a space behind it. */
type Sample = { readonly rows: readonly (readonly number[])[]; readonly isSpaced: boolean };

/** The delimiter that makes columns of the first row and the most equal rows. Undefined: none is in the first row. */
export function delimiterOf(text: string): Delimiter | undefined {
  const { rows, isSpaced } = sampleOf(text);
  const ranked = candidates.flatMap((delimiter, at) => {
    const inFirst = rows[0]?.[at] ?? 0;
    if (inFirst === 0) return [];
    const agreeing = rows.filter((row) => row[at] === inFirst).length;
    return [{ delimiter, agreeing, inFirst, rank: delimiter === "," && isSpaced ? candidates.length : at }];
  });
  ranked.sort((a, b) => b.agreeing - a.agreeing || b.inFirst - a.inFirst || a.rank - b.rank);
  return ranked[0]?.delimiter;
}

/** A delimiter by which nearly all rows behind the first have several cells, and equally many, although `used` makes one of each. */
export function missedDelimiter(text: string, used: Delimiter): Delimiter | undefined {
  const { rows } = sampleOf(text);
  const below = rows.length > 1 ? rows.slice(1) : rows;
  const isSplit = below.some((row) => (row[candidates.indexOf(used)] ?? 0) > 0);
  return candidates.find((delimiter, at) => {
    const count = below[0]?.[at] ?? 0;
    if (delimiter === used || isSplit || count === 0) return false;
    return below.filter((row) => row[at] === count).length >= agreement * below.length;
  });
}

/** One pass over the beginning. A quote opens a cell only at its start, as for the reader. */
function sampleOf(text: string): Sample {
  const rows: number[][] = [];
  let row = candidates.map(() => 0);
  let isStart = true;
  let isSpaced = true;
  const end = Math.min(text.length, sampleCharacters);
  let at = 0;
  for (; at < end && rows.length < sampleRows; at++) {
    const sign = text[at] as string;
    const which = candidates.indexOf(sign as Delimiter);
    if (sign === '"' && isStart) at = afterQuote(text, at, end) - 1;
    else if (sign === "\n") {
      if (!isEmptyLine(text, at)) rows.push(row);
      row = candidates.map(() => 0);
    } else if (which !== -1) row[which] = (row[which] ?? 0) + 1;
    if (sign === "," && rows.length === 0 && text[at + 1] !== " ") isSpaced = false;
    isStart = which !== -1 || sign === "\n" || sign === "\uFEFF";
  }
  // A row that the sample cuts off says nothing, unless there is no other.
  if (at === text.length && at > 0 && text[at - 1] !== "\n") rows.push(row);
  return { rows: rows.length === 0 ? [row] : rows, isSpaced };
}

/** Where a quoted cell ends: behind its closing quote; the end of the sample, if it goes on. */
function afterQuote(text: string, at: number, end: number): number {
  for (let from = at + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote === -1 || quote >= end) return end;
    if (text[quote + 1] !== '"') return quote + 1;
    from = quote + 2;
  }
}

function isEmptyLine(text: string, at: number): boolean {
  const before = text[at - 1] === "\r" ? at - 2 : at - 1;
  return before < 0 || text[before] === "\n";
}
