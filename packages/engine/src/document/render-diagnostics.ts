import type { Diagnostic, FrameLine } from "./diagnostic.js";
import { type Paint, paints } from "./paint.js";
import { clipped, displayWidth, shownText, wrapped } from "./text-width.js";

export type RenderOptions = {
  readonly color: boolean;
  /** Columns of the terminal. Frames are cut to it and messages wrapped; at least 20. */
  readonly width: number;
  /** False: the first 20. */
  readonly all: boolean;
};

const mostPrinted = 20;
/** Width of a frame's line numbers. */
const gutter = 5;

/** Diagnostics as people read them: place, code, message, frame with a caret, hint, path; then a line with the total. Ends with a line feed; "" for none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return "";
  const width = Math.max(20, options.width);
  const paint = paints(options.color);
  const printed = options.all ? diagnostics : diagnostics.slice(0, mostPrinted);
  const lines = printed.flatMap((diagnostic) => renderOne(diagnostic, paint, width));
  const left = diagnostics.length - printed.length;
  if (left > 0) lines.push(...wrapped(`... and ${left} more (--all prints them)`, width, ""));
  lines.push(...wrapped(totals(diagnostics, printed), width, "  "));
  return `${lines.join("\n")}\n`;
}

function renderOne(diagnostic: Diagnostic, paint: Paint, width: number): string[] {
  const frame = diagnostic.frame ?? [];
  const lines = [...headline(diagnostic, paint, width)];
  for (const line of frame) {
    const shown = line.line === diagnostic.line ? windowed(line, diagnostic, width - gutter - 3) : line;
    lines.push(...frameLine(shown, paint, width));
    if (line.line === diagnostic.line) lines.push(...caretLine(diagnostic, shown, paint, width));
  }
  if (frame.length === 0 && diagnostic.hint !== undefined)
    lines.push(...indented(shownText(diagnostic.hint), paint.hint, width));
  for (const place of [...(diagnostic.chain ?? [])].reverse()) {
    lines.push(...indented(`from ${shownText(place.file)}:${place.line}:${place.column}`, paint.quiet, width));
  }
  if (diagnostic.path !== "") lines.push(...indented(`at ${shownText(diagnostic.path)}`, paint.quiet, width));
  return lines;
}

function headline(diagnostic: Diagnostic, paint: Paint, width: number): string[] {
  const place = `${shownText(diagnostic.file)}:${diagnostic.line}:${diagnostic.column}`;
  const loud = diagnostic.severity === "error" ? paint.error : paint.warning;
  const message = shownText(diagnostic.message);
  const painted = `${paint.strong(place)} ${loud(`${diagnostic.severity} ${diagnostic.code}`)}`;
  const room = width - displayWidth(`${place} ${diagnostic.severity} ${diagnostic.code}  `);
  const [first = "", ...rest] = wrapped(message, width, "  ", room);
  if (displayWidth(first) <= room) return [`${painted}  ${first}`, ...rest];
  return [painted, ...wrapped(message, width - 2, "").map((line) => `  ${line}`)];
}

/** The part of a line that has the offending characters in it, with some of what stands before them. */
function windowed(line: FrameLine, diagnostic: Diagnostic, room: number): FrameLine {
  const { text, fromColumn = 1 } = line;
  const start = Math.min(diagnostic.column - fromColumn, text.length);
  const end = Math.min((diagnostic.endColumn ?? diagnostic.column + 1) - fromColumn, text.length);
  const needed = displayWidth(shownText(text.slice(0, Math.min(end, start + Math.floor(room / 2)))));
  const cut = start - Math.floor(room / 3);
  if (needed < room || cut <= 0) return line;
  return { line: line.line, text: text.slice(cut), fromColumn: fromColumn + cut };
}

function frameLine({ line, text, fromColumn = 1 }: FrameLine, paint: Paint, width: number): string[] {
  const number = String(line).padStart(gutter);
  const shown = shownText(fromColumn > 1 ? `\u2026${text.slice(1)}` : text);
  return [`${paint.quiet(`${number} |`)} ${clipped(shown, width - gutter - 3)}`.trimEnd()];
}

/** Carets under the offending characters, and the hint behind them or on lines of its own. */
function caretLine(diagnostic: Diagnostic, { text, fromColumn = 1 }: FrameLine, paint: Paint, width: number): string[] {
  const empty = `${" ".repeat(gutter)} |`;
  const room = width - gutter - 3;
  const start = Math.max(0, Math.min(diagnostic.column - fromColumn, text.length));
  const end = Math.min((diagnostic.endColumn ?? diagnostic.column + 1) - fromColumn, text.length);
  const indent = displayWidth(shownText(text.slice(0, start)));
  const carets = Math.max(1, displayWidth(shownText(text.slice(start, end))));
  const hint = diagnostic.hint === undefined ? "" : shownText(diagnostic.hint);
  if (indent >= room) return hint === "" ? [] : hintLines(hint, paint, empty, room);
  const shown = Math.min(carets, room - indent);
  const marks = `${paint.quiet(empty)} ${" ".repeat(indent)}${paint.error("^".repeat(shown))}`;
  if (hint === "") return [marks];
  if (indent + shown + 1 + displayWidth(hint) <= room) return [`${marks} ${paint.hint(hint)}`];
  return [marks, ...hintLines(hint, paint, empty, room)];
}

function hintLines(hint: string, paint: Paint, empty: string, room: number): string[] {
  return wrapped(hint, room, "").map((line) => `${paint.quiet(empty)} ${paint.hint(line)}`);
}

function indented(text: string, paint: (text: string) => string, width: number): string[] {
  return wrapped(text, width - 3, "  ").map((line) => `   ${paint(line)}`);
}

function totals(diagnostics: readonly Diagnostic[], printed: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const counts = [counted(errors, "error"), counted(warnings, "warning")].filter((count) => count !== "").join(", ");
  const last = printed.findLast(({ severity }) => errors === 0 || severity === "error") ?? printed.at(-1);
  return last === undefined ? counts : `${counts} \u00b7 nanobrain explain ${last.code}`;
}

function counted(count: number, what: string): string {
  return count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;
}
