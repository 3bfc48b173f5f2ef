import { type CST, Lexer, Parser } from "yaml";
import { budgets } from "./budgets.js";
import { compactTokens } from "./compact-tokens.js";
import type { Fault } from "./faults.js";
import { endOfText, type Lexing, lookAt, startLexing } from "./lexing.js";
import type { Span } from "./source.js";

/**
 * What the tokens of a file say. `broken`: no tree can be built. `spoilt`: stretches that a fault among these explains, so
 * that what the parser says of them is noise.
 */
export type Scan = {
  readonly tokens: CST.Token[];
  readonly faults: readonly Fault[];
  readonly spoilt: readonly Span[];
  readonly broken: boolean;
};

/** Announces that the next lexeme is the text of a plain scalar. */
const scalarMark = "\u001f";

const tokensBetweenCompacting = 1000;

/** More scalars than this, keys included, cannot be within the budget of nodes. */
const mostScalars = 2 * budgets.nodes + 1000;

/**
 * Reads a text into the tokens of its first document. Budgets are kept while reading, so that no text costs more than they
 * allow.
 */
export function scan(text: string): Scan {
  const parser = new Parser();
  const lexing = startLexing(text);
  const tokens: CST.Token[] = [];
  const compacted = new WeakMap<CST.Token, number>();
  let count = 0;
  /** The first document has ended. */
  let complete = false;
  let end: "more" | "limit" | "document" = "more";
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === scalarMark) {
      for (const token of parser.next(lexeme)) tokens.push(token);
      continue;
    }
    const scalarText = isScalarText(parser);
    const start = parser.offset;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      complete ||= token.type === "document";
    }
    lookAt(lexing, lexeme, start, scalarText);
    if (count % tokensBetweenCompacting === 0) compactTokens(parser.stack, compacted);
    const passed = passedBudget(lexing, parser, ++count);
    if (passed !== undefined) reportLimit(lexing, start, passed);
    end = passed !== undefined ? "limit" : complete && isSecondDocument(lexing, parser) ? "document" : "more";
    if (end !== "more") break;
  }
  if (end === "more") {
    endOfText(lexing);
    for (const token of parser.end()) tokens.push(token);
  }
  return { tokens, faults: lexing.faults, spoilt: lexing.spoilt, broken: end === "limit" };
}

/** True when the next lexeme is the text of a plain scalar, whatever it looks like. */
function isScalarText(parser: Parser): boolean {
  return (parser as unknown as { readonly atScalar: boolean }).atScalar;
}

function passedBudget({ faults, scalars, aliases }: Lexing, parser: Parser, tokens: number): string | undefined {
  if (tokens > budgets.tokens) return `${budgets.tokens} tokens`;
  if (scalars > mostScalars) return `${budgets.nodes} values`;
  if (faults.length >= budgets.diagnostics) return `${budgets.diagnostics} faults`;
  if (aliases > budgets.aliases) return `${budgets.aliases} aliases`;
  // The stack holds the document and the scalar in hand besides the collections.
  return parser.stack.length > budgets.depth + 2 ? `${budgets.depth} levels of nesting` : undefined;
}

function reportLimit(lexing: Lexing, offset: number, bound: string): void {
  const span = { start: offset, end: offset + 1 };
  lexing.faults.push({ code: "E_LIMIT", span, path: [], message: `File has more than ${bound}` });
}

function isSecondDocument(lexing: Lexing, parser: Parser): boolean {
  const top = parser.stack[0];
  if (top?.type !== "document") return false;
  const span = { start: top.offset, end: top.offset + 3 };
  const message = "A second document starts here; a file holds one";
  lexing.faults.push({
    code: "E_MULTI_DOC",
    span,
    path: [],
    message,
    hint: "put it into a file of its own, or remove the ---",
  });
  return true;
}
