import type { Look } from "../terminal/terminal.js";
import { fitMiddle, oneLine, pad, textWidth } from "../terminal/text-width.js";

export type Column = {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Columns are dropped in this order when the terminal is too narrow; absent: kept, and cut if it must be. */
  readonly drop?: number;
  readonly paint?: (text: string, row: number) => string;
};

const gap = 2;

/** Rows under their titles. Nothing is wider than the terminal. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], look: Look): string[] {
  const cells = rows.map((row) => row.map(oneLine));
  const widths = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...cells.map((row) => textWidth(row[index] ?? ""))),
  );
  const kept = keptColumns(columns, widths, look.width);
  shrink(kept, widths, look.width);
  const line = (row: readonly string[], paint: (index: number, text: string) => string): string =>
    kept
      .map((index) => {
        const width = widths[index] ?? 0;
        return paint(index, pad(fitMiddle(row[index] ?? "", width, look.marks.ellipsis), width, columns[index]?.align));
      })
      .join(" ".repeat(gap))
      .trimEnd();
  const titles = line(
    columns.map((column) => column.title),
    (_, text) => look.paint.dim(text),
  );
  return [
    titles,
    ...cells.map((row, number) => line(row, (index, text) => columns[index]?.paint?.(text, number) ?? text)),
  ];
}

function keptColumns(columns: readonly Column[], widths: readonly number[], width: number): number[] {
  let kept = [...columns.keys()];
  const order = kept
    .filter((index) => columns[index]?.drop !== undefined)
    .sort((a, b) => (columns[a]?.drop ?? 0) - (columns[b]?.drop ?? 0));
  while (total(kept, widths) > width) {
    const next = order.shift();
    if (next === undefined) return kept;
    kept = kept.filter((index) => index !== next);
  }
  return kept;
}

function total(kept: readonly number[], widths: readonly number[]): number {
  return kept.reduce((sum, index) => sum + (widths[index] ?? 0), 0) + gap * Math.max(0, kept.length - 1);
}

/** Takes what is too much from the widest, one by one. */
function shrink(kept: readonly number[], widths: number[], width: number): void {
  while (total(kept, widths) > width) {
    const widest = kept.reduce(
      (best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
      kept[0] ?? 0,
    );
    const next = (widths[widest] ?? 0) - 1;
    if (next < 4) return;
    widths[widest] = next;
  }
}
