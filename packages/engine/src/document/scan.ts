import { CST, Lexer, Parser } from "yaml";
import { budgets } from "./budgets.js";
import type { Fault } from "./faults.js";
import { quoted } from "./path-text.js";

/** What the tokens of a file say. `broken`: no tree can be built. */
export type Scan = { readonly tokens: CST.Token[]; readonly faults: Fault[]; readonly broken: boolean };

type Progress = {
  readonly text: string;
  readonly faults: Fault[];
  tokens: number;
  scalars: number;
  aliases: number;
  documents: number;
  /** Start and end of the lexeme before this one. */
  lastScalarEnd: number;
  broken: boolean;
};

/** More scalars than this, keys included, cannot be within the budget of nodes. */
const mostScalars = 2 * budgets.nodes + 1000;

/**
 * Reads a text into the tokens of its first document, with the faults that single tokens show: tags, directives, a second
 * document, unquoted references. Budgets are kept while reading, so that no text costs more than they allow.
 */
export function scan(text: string): Scan {
  const progress: Progress = {
    text,
    faults: [],
    tokens: 0,
    scalars: 0,
    aliases: 0,
    documents: 0,
    lastScalarEnd: -1,
    broken: false,
  };
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const keep = (token: CST.Token): void => {
    tokens.push(token);
    if (token.type === "document") progress.documents++;
  };
  for (const lexeme of new Lexer().lex(text)) {
    const scalarText = isScalarText(parser);
    const start = parser.offset;
    for (const token of parser.next(lexeme)) keep(token);
    if (scalarText) progress.lastScalarEnd = start + lexeme.length;
    else lookAt(progress, lexeme, start);
    if (overBudget(progress, parser, start) || secondDocument(progress, parser)) break;
  }
  if (!progress.broken && progress.documents === 0) for (const token of parser.end()) keep(token);
  return { tokens, faults: progress.faults, broken: progress.broken };
}

/** True when the next lexeme is the text of a plain scalar, whatever it looks like. */
function isScalarText(parser: Parser): boolean {
  return (parser as unknown as { readonly atScalar: boolean }).atScalar;
}

function overBudget(progress: Progress, parser: Parser, offset: number): boolean {
  if (++progress.tokens > budgets.tokens) return stop(progress, offset, `more than ${budgets.tokens} tokens`);
  if (progress.scalars > mostScalars) return stop(progress, offset, `more than ${budgets.nodes} values`);
  if (progress.aliases > budgets.aliases) return stop(progress, offset, `more than ${budgets.aliases} aliases`);
  if (parser.stack.length > budgets.depth + 2)
    return stop(progress, offset, `more than ${budgets.depth} levels of nesting`);
  return false;
}

function stop(progress: Progress, offset: number, what: string): true {
  progress.broken = true;
  progress.faults.push({
    code: "E_LIMIT",
    span: { start: offset, end: offset + 1 },
    path: [],
    message: `File has ${what}`,
  });
  return true;
}

function secondDocument(progress: Progress, parser: Parser): boolean {
  const top = parser.stack[0];
  if (progress.documents === 0 || top?.type !== "document") return false;
  const message = "A second document starts here; a file holds one";
  const hint = "put it into a file of its own, or remove the ---";
  progress.faults.push({
    code: "E_MULTI_DOC",
    span: { start: top.offset, end: top.offset + 3 },
    path: [],
    message,
    hint,
  });
  return true;
}

function lookAt(progress: Progress, lexeme: string, start: number): void {
  const span = { start, end: start + lexeme.length };
  switch (CST.tokenType(lexeme)) {
    case "scalar":
    case "single-quoted-scalar":
    case "double-quoted-scalar":
    case "block-scalar-header":
      progress.scalars++;
      return;
    case "alias":
      progress.scalars++;
      progress.aliases++;
      return;
    case "flow-map-start":
      unquotedReference(progress, start);
      return;
    case "tag":
      return tag(progress, lexeme, span);
    case "directive-line":
      return directive(progress, lexeme, span);
    default:
  }
}

function tag(progress: Progress, lexeme: string, span: Fault["span"]): void {
  const hint =
    lexeme === "!!str"
      ? "remove it, and quote the value to make it text"
      : "remove it; files are named by config: or extends:";
  progress.faults.push({ code: "E_TAG", span, path: [], message: `YAML tag ${quoted(lexeme)} is not supported`, hint });
}

function directive(progress: Progress, lexeme: string, span: Fault["span"]): void {
  if (/^%YAML[ \t]+1\.2[ \t]*$/.test(lexeme)) return;
  const code = lexeme.startsWith("%TAG") ? "E_TAG" : "E_SYNTAX";
  const message = `Directive ${quoted(lexeme)} is not supported; documents are YAML 1.2`;
  progress.faults.push({ code, span, path: [], message, hint: "remove the line" });
}

/** `{ url: ${X} }`: inside flow braces the `{` of a reference opens a map. */
function unquotedReference(progress: Progress, start: number): void {
  const { text, lastScalarEnd } = progress;
  if (text[start - 1] !== "$" || lastScalarEnd !== start) return;
  const reference = /^\$\{[^{}\n]{0,200}\}/.exec(text.slice(start - 1, start + 220))?.[0] ?? "${";
  progress.faults.push({
    code: "E_SYNTAX",
    span: { start: start - 1, end: start - 1 + reference.length },
    path: [],
    message: `Reference ${reference} stands unquoted inside { } or [ ], where its brace opens a map`,
    hint: `quote the value: "${reference === "${" ? "${NAME}" : reference}"`,
  });
}
