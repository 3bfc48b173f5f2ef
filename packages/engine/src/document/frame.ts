import type { FrameLine } from "./diagnostic.js";
import { secretSpans } from "./secrets.js";
import { lineIndexOf, lineText, type Source, type Span } from "./source.js";

/** Longer lines are shown as a window of this many characters. */
const longestLine = 240;

/** The line of a place and the one before it, unless that is blank; secret-looking values masked. */
export function frameOf(source: Source, line: number, column: number): FrameLine[] {
  const frame: FrameLine[] = [];
  const before = line >= 2 ? frameLine(source, line - 1, 1) : undefined;
  if (before !== undefined && before.text.trim() !== "") frame.push(before);
  frame.push(frameLine(source, line, column));
  return frame;
}

function frameLine(source: Source, line: number, column: number): FrameLine {
  const text = masked(source, line - 1, column);
  if (text.length <= longestLine) return { line, text };
  const from = Math.max(0, Math.min(column - 1 - longestLine / 2, text.length - longestLine));
  return { line, text: text.slice(from, from + longestLine), ...(from === 0 ? {} : { fromColumn: from + 1 }) };
}

/** Masks before the column keep their width, so that the column still points at its character. */
function masked(source: Source, lineIndex: number, column: number): string {
  const text = lineText(source, lineIndex);
  const near = Math.max(0, column - 1 - 2 * longestLine);
  const window = text.slice(near, near + 8 * longestLine);
  const spans = secretSpans(window).map(([start, end]): [number, number] => [start + near, end + near]);
  const lineStart = source.lineStarts[lineIndex] ?? 0;
  for (const mask of source.masks) {
    const start = Math.max(0, mask.start - lineStart);
    const end = Math.min(text.length, mask.end - lineStart);
    if (start < end) spans.push([start, end]);
  }
  return replaceSpans(text, joined(spans), column - 1);
}

function joined(spans: [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}

function replaceSpans(text: string, spans: readonly [number, number][], index: number): string {
  let result = "";
  let at = 0;
  for (const [start, end] of spans) {
    const spaces = /^\s*/.exec(text.slice(start, end))![0].length;
    const from = start + spaces;
    if (from >= end) continue;
    result += text.slice(at, from) + (index > from ? "*".repeat(end - from) : "***");
    at = end;
  }
  return result + text.slice(at);
}

/** Whether any part of a span is masked. */
export function isMasked(source: Source, span: Span): boolean {
  if (source.masks.some((mask) => mask.start < span.end && span.start < mask.end)) return true;
  const lineIndex = lineIndexOf(source, span.start);
  const start = span.start - source.lineStarts[lineIndex]!;
  const near = Math.max(0, start - longestLine);
  const window = lineText(source, lineIndex).slice(near, near + 4 * longestLine);
  return secretSpans(window).some(([from, to]) => from + near < start + span.end - span.start && start < to + near);
}
