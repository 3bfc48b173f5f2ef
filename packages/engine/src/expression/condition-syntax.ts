import { ParseError } from "@marcbachmann/cel-js";
import { type Compiler, type ConditionProblem, placeOf } from "./condition-compiler.js";

/** What the parser refused, in words for people and with its place in the source. */
export function syntaxProblem(error: unknown, compiler: Compiler): ConditionProblem {
  if (!(error instanceof ParseError)) return { code: "E_EXPR_LIMIT", message: "The condition is nested too deeply" };
  const start = error.range?.start ?? 0;
  const place = placeOf(compiler, start, error.range?.end ?? start);
  if (error.code === "limit_exceeded") return { code: "E_EXPR_LIMIT", message: limitWords(error.summary), ...place };
  const machinery = forbiddenWord(compiler.source);
  if (machinery !== undefined) {
    const message = `${machinery.word} cannot be reached by conditions`;
    return { code: "E_EXPR_FORBIDDEN", message, offset: machinery.offset, length: machinery.word.length };
  }
  const word = error.summary.split(": ").at(-1) ?? "";
  if (error.code === "reserved_identifier") {
    return {
      code: "E_EXPR_SYNTAX",
      message: `${word} is a reserved word`,
      ...place,
      hint: `A field of that name is value.${word}.`,
    };
  }
  const hint = syntaxHint(compiler.source, place.offset);
  const found = compiler.source.slice(place.offset, place.offset + place.length);
  const isPlain = error.code === "unexpected_character" && /^\S+$/.test(found);
  const message = isPlain ? `Unexpected ${found}` : sentence(error.summary);
  return { code: "E_EXPR_SYNTAX", message, ...place, ...(hint === undefined ? {} : { hint }) };
}

const TEXTS = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g;
const MACHINERY =
  /\b(__proto__|prototype|constructor|eval|require|import|function|Function|globalThis|process)\b|\bnew(?=\s)|=>|`/;

/** A word of programming, outside of text literals, in what is no condition anyway. */
function forbiddenWord(source: string): { word: string; offset: number } | undefined {
  const found = MACHINERY.exec(source.replace(TEXTS, (text) => " ".repeat(text.length)));
  return found === null ? undefined : { word: found[0], offset: found.index };
}

const LIMIT_WORDS: { readonly [limit: string]: string } = {
  maxAstNodes: "parts",
  maxDepth: "levels of nesting",
  maxListElements: "elements in a list",
  maxMapEntries: "entries in a map",
  maxCallArguments: "arguments in a call",
};

function limitWords(summary: string): string {
  const [, limit = "", most = ""] = /(\w+) \((\d+)\)/.exec(summary) ?? [];
  return `The condition has more than ${most} ${LIMIT_WORDS[limit] ?? limit}`;
}

const TOKENS: readonly (readonly [RegExp, string])[] = [
  [/\bEOF\b/g, "the end"],
  [/\bRPAREN\b/g, "')'"],
  [/\bLPAREN\b/g, "'('"],
  [/\bRBRACKET\b/g, "']'"],
  [/\bLBRACKET\b/g, "'['"],
  [/\bRBRACE\b/g, "'}'"],
  [/\bLBRACE\b/g, "'{'"],
  [/\bIDENTIFIER\b/g, "a name"],
  [/\bSTRING\b/g, "text"],
  [/\b(EQ|NE|LT|LE|GT|GE|AND|OR|NOT|IN|PLUS|MINUS|MULTIPLY|DIVIDE|MODULO)\b/g, "an operator"],
  [/\b(DOT|COMMA|COLON|QUESTION)\b/g, "a mark"],
  [/\b(NUMBER|BOOLEAN|NULL|BYTES)\b/g, "a value"],
];

/** The parser's message without its names for tokens. */
function sentence(summary: string): string {
  return TOKENS.reduce((text, [token, words]) => text.replace(token, words), summary);
}

function syntaxHint(source: string, offset: number): string | undefined {
  if (/\bnot\s+in\b/.test(source)) return "write not (x in list)";
  if (/===/.test(source)) return "equality is written ==";
  if (/(^|[^=!<>])=([^=]|$)/.test(source.slice(Math.max(0, offset - 1), offset + 2))) return "equality is written ==";
  if (/\b(AND|OR|NOT)\b/.test(source)) return "and, or, not are written in small letters";
  if (/[&|]/.test(source[offset] ?? "")) return "write && and ||, or the words and, or";
  const code = source.codePointAt(offset) ?? 0;
  if (code > 126)
    return `U+${code.toString(16).toUpperCase().padStart(4, "0")} cannot stand outside of text; a field of any name is value["name"]`;
  return undefined;
}
