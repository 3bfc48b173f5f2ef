import { type Inline, plainText } from "./report-tree.js";

type Row = readonly (readonly Inline[])[];

/** How a table is set so that nothing of it is lost. Sizes in points. */
export type TableShape = {
  readonly fontSize: number;
  /** Its longest words do not fit beside each other. */
  readonly isWide: boolean;
  /** Columns that stand side by side; several parts: the table is wider than the page, and each begins with the first column. */
  readonly parts: readonly {
    readonly columns: readonly number[];
    readonly widths: readonly (number | "auto" | "*")[];
  }[];
  /** True: a row is so high that it may have to go on over pages. */
  readonly breaksRows: boolean;
};

/** Mean width of a sign, in font sizes, somewhat too wide. */
const signWidth = 0.6;
const lineHeight = 1.3;
const padding = 8;
const narrowest = 40;
/** Share of a page from which a row may be broken. */
const highestRow = 0.4;

export function tableShape(head: Row, rows: readonly Row[], textWidth: number, textHeight: number): TableShape {
  const count = Math.max(head.length, 1);
  const fontSize = count > 6 ? 7.5 : 9;
  const sizes = Array.from({ length: count }, (_, at) => columnSize([head, ...rows], at, fontSize));
  const isWide = sum(sizes.map(({ word }) => word + padding)) > textWidth;
  const most = Math.max(2, Math.floor(textWidth / (narrowest + padding)));
  const sets = isWide && count > most ? columnSets(count, most) : [sizes.map((_, at) => at)];
  let highest = 0;
  const parts = sets.map((columns) => {
    const inPart = columns.map((at) => sizes[at] ?? { word: 0, cell: 0 });
    const fitted = fittedWidths(inPart, textWidth);
    for (const [at, { cell }] of inPart.entries()) highest = Math.max(highest, cell / (fitted[at] ?? textWidth));
    return { columns, widths: isWide ? fitted : columns.map(() => (count > 5 ? "*" : "auto") as "*" | "auto") };
  });
  return { fontSize, isWide, parts, breaksRows: highest * fontSize * lineHeight > textHeight * highestRow };
}

/** Widths of a column's longest word, and of its longest cell in one line. */
type ColumnSize = { readonly word: number; readonly cell: number };

function columnSize(rows: readonly Row[], at: number, fontSize: number): ColumnSize {
  let word = 0;
  let cell = 0;
  for (const row of rows) {
    const text = plainText(row[at] ?? []);
    cell = Math.max(cell, text.length);
    for (const part of text.split(/\s+/)) word = Math.max(word, part.length);
  }
  return { word: word * fontSize * signWidth, cell: cell * fontSize * signWidth };
}

/**
 * Columns that need less than their share get what they need, which is the longest word, and for more text up to an equal share;
 * the others share the rest, and break their words.
 */
function fittedWidths(sizes: readonly ColumnSize[], textWidth: number): readonly number[] {
  let left = textWidth - sizes.length * padding;
  const equal = left / sizes.length;
  const widths = new Map<number, number>();
  const byNeed = sizes
    .map(({ word, cell }, at) => ({ need: Math.max(word, Math.min(cell, equal), narrowest / 2), at }))
    .sort((a, b) => a.need - b.need);
  for (const [index, { need, at }] of byNeed.entries()) {
    const given = Math.min(left / (byNeed.length - index), need);
    widths.set(at, given);
    left -= given;
  }
  return sizes.map((_, at) => widths.get(at) ?? 0);
}

function columnSets(count: number, most: number): readonly (readonly number[])[] {
  const sets: number[][] = [];
  for (let from = 1; from < count; from += most - 1)
    sets.push([0, ...Array.from({ length: Math.min(most - 1, count - from) }, (_, at) => from + at)]);
  return sets;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
