import { CST } from "yaml";
import type { DocumentCode } from "../errors/diagnostics.js";
import { budgets } from "./budgets.js";
import type { Fault } from "./faults.js";
import { quoted } from "./path-text.js";
import type { Span } from "./source.js";

/** What single tokens show: tags, directives, references and templates without quotes, brackets and quotes left open. */
export type Lexing = {
  readonly text: string;
  readonly faults: Fault[];
  readonly spoilt: Span[];
  /** Offsets of brackets that are open. */
  readonly open: number[];
  scalars: number;
  aliases: number;
  lastPlainEnd: number;
};

export function startLexing(text: string): Lexing {
  return { text, faults: [], spoilt: [], open: [], scalars: 0, aliases: 0, lastPlainEnd: -1 };
}

/** Takes the next lexeme. `plain`: it is the text of an unquoted scalar, whatever it looks like. */
export function lookAt(lexing: Lexing, lexeme: string, start: number, plain: boolean): void {
  const span = { start, end: start + lexeme.length };
  if (plain) {
    lexing.scalars++;
    lexing.lastPlainEnd = span.end;
    return;
  }
  const type = CST.tokenType(lexeme);
  switch (type) {
    case "block-scalar-header":
      lexing.scalars++;
      return;
    case "single-quoted-scalar":
    case "double-quoted-scalar":
      lexing.scalars++;
      if (!isClosed(lexeme)) unclosedQuote(lexing, lexeme, span);
      return;
    case "alias":
      lexing.scalars++;
      lexing.aliases++;
      return;
    case "tag":
      tag(lexing, lexeme, span);
      return;
    case "directive-line":
      directive(lexing, lexeme, span);
      return;
    default:
      bracket(lexing, type, start);
  }
}

/** Reports brackets that the end of the text leaves open. */
export function endOfText(lexing: Lexing): void {
  if (lexing.open.length > 0) unclosedBracket(lexing, lexing.text.length);
}

function bracket(lexing: Lexing, type: string | null, start: number): void {
  if (type === "flow-map-start" || type === "flow-seq-start") {
    lexing.open.push(start);
    if (type === "flow-map-start") unquotedBraces(lexing, start);
  } else if (type === "flow-map-end" || type === "flow-seq-end") lexing.open.pop();
  else if (type === "flow-error-end") unclosedBracket(lexing, start);
}

function add(lexing: Lexing, code: DocumentCode, span: Span, message: string, hint: string): void {
  if (lexing.faults.length < budgets.diagnostics) lexing.faults.push({ code, span, path: [], message, hint });
}

function unclosedBracket(lexing: Lexing, end: number): void {
  const start = lexing.open.at(-1) ?? end;
  lexing.open.length = 0;
  if ((lexing.spoilt.at(-1)?.end ?? -1) > start) return;
  const sign = lexing.text[start] ?? "{";
  add(
    lexing,
    "E_SYNTAX",
    { start, end: start + 1 },
    `Bracket ${sign} is not closed`,
    `add the ${sign === "{" ? "}" : "]"}, or quote the text`,
  );
  spoil(lexing, { start, end: end + 1 });
}

/** Keeps the stretches in order and apart. */
function spoil(lexing: Lexing, span: Span): void {
  let start = span.start;
  let end = span.end;
  for (let last = lexing.spoilt.at(-1); last !== undefined && last.end >= start; last = lexing.spoilt.at(-1)) {
    start = Math.min(start, last.start);
    end = Math.max(end, last.end);
    lexing.spoilt.pop();
  }
  lexing.spoilt.push({ start, end });
}

function unclosedQuote(lexing: Lexing, lexeme: string, span: Span): void {
  const sign = lexeme[0] ?? '"';
  const line = { start: span.start, end: span.start + Math.max(1, lexeme.search(/\r?\n|$/)) };
  add(
    lexing,
    "E_SYNTAX",
    line,
    `A text in ${sign === '"' ? "double" : "single"} quotes is not closed`,
    `add the closing ${sign}`,
  );
  spoil(lexing, { start: span.start, end: span.end + 1 });
}

function isClosed(lexeme: string): boolean {
  const single = lexeme.startsWith("'");
  const inner = lexeme.slice(1);
  if (!inner.endsWith(single ? "'" : '"')) return false;
  let run = 0;
  const repeated = single ? "'" : "\\";
  for (let at = inner.length - (single ? 1 : 2); at >= 0 && inner[at] === repeated; at--) run++;
  return single ? run % 2 === 1 : run % 2 === 0;
}

function tag(lexing: Lexing, lexeme: string, span: Span): void {
  const text = "remove it, and quote the value to make it text";
  const hint = lexeme === "!!str" ? text : "remove it; other files are named by config or extends";
  add(lexing, "E_TAG", span, `YAML tag ${quoted(lexeme)} is not supported`, hint);
}

function directive(lexing: Lexing, lexeme: string, span: Span): void {
  if (/^%YAML[ \t]+1\.2[ \t]*$/.test(lexeme)) return;
  const code = lexeme.startsWith("%TAG") ? "E_TAG" : "E_SYNTAX";
  add(lexing, code, span, `Directive ${quoted(lexeme)} is not supported; documents are YAML 1.2`, "remove the line");
}

/** `{ url: ${X} }`, where the brace of a reference opens a map, and `url: {{ x }}`, where those of a template do. */
function unquotedBraces(lexing: Lexing, start: number): void {
  const { text } = lexing;
  const line = /^[^\n]{0,300}/.exec(text.slice(Math.max(0, start - 1), start + 300))![0];
  if (text[start - 1] === "$" && lexing.lastPlainEnd === start) {
    const reference = /^\$\{[^{}]*\}/.exec(line)?.[0] ?? "${";
    const message = `Reference ${reference} stands unquoted inside { } or [ ], where its brace opens a map`;
    spoilLine(
      lexing,
      { start: start - 1, end: start - 1 + reference.length },
      message,
      reference === "${" ? "${NAME}" : reference,
    );
  } else if (text[start - 1] === "{" && lexing.open.at(-2) === start - 1) {
    const template = /^\{\{[^{}]*\}\}/.exec(line)?.[0] ?? "{{";
    const message = `Template ${template} stands unquoted, where its braces open maps`;
    spoilLine(
      lexing,
      { start: start - 1, end: start - 1 + template.length },
      message,
      template === "{{" ? "{{ port }}" : template,
    );
  }
}

function spoilLine(lexing: Lexing, span: Span, message: string, quotable: string): void {
  add(lexing, "E_SYNTAX", span, message, `quote the value: "${quotable}"`);
  const end = lexing.text.indexOf("\n", span.end);
  spoil(lexing, { start: span.start, end: end === -1 ? lexing.text.length + 1 : end + 1 });
}
