import type { Place } from "./diagnostic.js";

/** One file's text, as read once. Offsets are UTF-16 indexes into `text`, which starts behind a byte order mark. */
export type Source = {
  /** Relative to the project folder. */
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
  /** Places of the references that led here, outermost first. */
  readonly chain: readonly Place[];
  /** Spans that hold secret-looking values, in order of discovery. */
  readonly masks: Span[];
};

/** A stretch of a source. `end` is the offset after its last character; an empty span has `start === end`. */
export type Span = { readonly start: number; readonly end: number };

export function makeSource(file: string, text: string, chain: readonly Place[]): Source {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  return { file, text, lineStarts, chain, masks: [] };
}

/** Index into `lineStarts` of the line that holds `offset`. */
export function lineIndexOf(source: Source, offset: number): number {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A line's text without its end. */
export function lineText(source: Source, lineIndex: number): string {
  const start = source.lineStarts[lineIndex] ?? source.text.length;
  const next = source.lineStarts[lineIndex + 1];
  const text = source.text.slice(start, next === undefined ? undefined : next - 1);
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

/** Where a span begins. A span at or behind the end of the file gives the last character that is no blank. */
export function placeOf(source: Source, span: Span): Place {
  const start = insideText(source.text, span.start);
  const lineIndex = lineIndexOf(source, start);
  const lineStart = source.lineStarts[lineIndex]!;
  const lineLength = lineText(source, lineIndex).length;
  const column = Math.min(start - lineStart, Math.max(0, lineLength - 1)) + 1;
  const endColumn = Math.min(Math.max(span.end - lineStart, column), lineLength) + 1;
  return { file: source.file, line: lineIndex + 1, column, ...(endColumn > column ? { endColumn } : {}) };
}

function insideText(text: string, offset: number): number {
  if (offset >= 0 && offset < text.length) return offset;
  if (offset < 0) return 0;
  return Math.max(0, text.trimEnd().length - 1);
}
