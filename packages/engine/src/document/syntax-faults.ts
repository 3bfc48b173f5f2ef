import type { YAMLParseError } from "yaml";
import { describeCharacter, invisibleCharacter, lookAlike } from "./characters.js";
import type { Fault } from "./faults.js";
import { quoted } from "./path-text.js";
import { lineIndexOf, lineText, type Source, type Span } from "./source.js";

/** At most this many syntax faults of a file are told: one slip makes many. */
const mostFaults = 20;

const toldElsewhere: ReadonlySet<string> = new Set([
  "TAG_RESOLVE_FAILED",
  "BAD_COLLECTION_TYPE",
  "MULTIPLE_TAGS",
  "BAD_DIRECTIVE",
]);

const signs: Readonly<Record<string, string>> = {
  "flow-seq-end": "]",
  "flow-map-end": "}",
  "flow-seq-start": "[",
  "flow-map-start": "{",
  "map-value-ind": ":",
  "seq-item-ind": "-",
  "explicit-key-ind": "?",
  comma: ",",
  "flow-collection": "{ or [",
};

/**
 * The parser's complaints in our words: the first of each line, tags and directives aside, which have rules of their own, and
 * without those about `spoilt` stretches.
 */
export function syntaxFaults(source: Source, errors: readonly YAMLParseError[], spoilt: readonly Span[]): Fault[] {
  const lines = new Set<number>();
  const faults: Fault[] = [];
  for (const error of errors) {
    if (toldElsewhere.has(error.code) || error.message.includes("flow-error-end")) continue;
    const at = Math.max(0, Math.min(error.pos[0], source.text.length - 1));
    const start = error.code === "BAD_INDENT" ? at + /^ */.exec(source.text.slice(at, at + 200))![0].length : at;
    const line = lineIndexOf(source, start);
    if (lines.has(line) || isWithin(spoilt, start)) continue;
    lines.add(line);
    faults.push(faultOf(source, error, { start, end: Math.max(start + 1, error.pos[1]) }));
    if (faults.length >= mostFaults) break;
  }
  return faults;
}

/** Spans are in order of their starts. */
function isWithin(spans: readonly Span[], offset: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.start <= offset) low = middle + 1;
    else high = middle;
  }
  return (spans[low - 1]?.end ?? -1) >= offset;
}

function faultOf(source: Source, error: YAMLParseError, span: Fault["span"]): Fault {
  const [message, hint] = wording(error);
  return oddSign(source, span.start) ?? { code: "E_SYNTAX", span, path: [], message, hint };
}

/** A character that only looks like a blank, quote or colon, where one would be part of the line's form. */
function oddSign(source: Source, offset: number): Fault | undefined {
  const lineIndex = lineIndexOf(source, offset);
  const line = lineText(source, lineIndex).slice(0, 2000);
  const place = /[\u00a0\u3000\uff1a\u200b\u2060]|(?<=^ *|[:-] +)[\u201c\u201d\u201e\u2018\u2019\u201a]/u.exec(line);
  if (place === null) return undefined;
  const odd = invisibleCharacter(place[0]) ?? lookAlike(place[0], "anywhere");
  if (odd === undefined) return undefined;
  const start = source.lineStarts[lineIndex]! + place.index;
  const message = `The line cannot be parsed; it holds ${odd.description}`;
  return { code: "E_ENCODING", span: { start, end: start + odd.length }, path: [], message, hint: "type it anew" };
}

function wording(error: YAMLParseError): [message: string, hint?: string] {
  const { code, message } = error;
  switch (code) {
    case "TAB_AS_INDENT":
      return ["A tab is used as indentation", "indent with spaces"];
    case "BAD_INDENT":
      return [badIndent(message), "line it up with its neighbours, or close the bracket above"];
    case "BLOCK_AS_IMPLICIT_KEY":
      return [
        "A map or list starts in the middle of a line",
        'quote a value that holds ": ", or put it on a line of its own',
      ];
    case "MULTILINE_IMPLICIT_KEY":
      return ["A key goes over more than one line", "is the colon missing, or the line indented wrongly?"];
    case "KEY_OVER_1024_CHARS":
      return ["A key is longer than 1024 characters", "is a quote or bracket missing?"];
    case "BLOCK_IN_FLOW":
      return [
        "A block map or list stands inside { } or [ ]",
        "is a comma or a quote missing? Inside of them maps and lists are written in { } and [ ], too",
      ];
    case "BAD_SCALAR_START":
      return [`A plain text cannot start with ${badStart(message)}`, "quote it"];
    case "BAD_DQ_ESCAPE":
      return [`${cleaned(message)} in double quotes`, "write \\\\ for a backslash, or use single quotes"];
    case "BAD_ALIAS":
      return [cleaned(message), "quote a text that starts with * or &"];
    case "MULTIPLE_ANCHORS":
    case "ALIAS_PROPS":
    case "BAD_PROP_ORDER":
      return [cleaned(message), "an anchor &name stands directly before its value"];
    case "MISSING_CHAR":
      return missing(message);
    case "RESOURCE_EXHAUSTION":
      return ["The file is too deeply nested"];
    case "UNEXPECTED_TOKEN":
      return unexpected(message);
    default:
      return [cleaned(message)];
  }
}

function unexpected(message: string): [string, string?] {
  if (message.includes("block-seq-ind")) return ["A list starts on the line of its key", "put it on a line of its own"];
  const token = /^Unexpected (\S+)/.exec(message)?.[1] ?? "";
  if (/scalar|alias/.test(token))
    return ["Text follows where a value has ended", "quote the whole value, or put it on a line of its own"];
  const sign = signs[token] ?? (/^[,:?\]}-]$/.test(token) ? token : undefined);
  if (sign !== undefined) return [`A ${sign} stands where none may be`, "remove it, or quote the text that holds it"];
  if (message.includes("Not a YAML token")) return ["A sign stands where none may be"];
  return [cleaned(message)];
}

function missing(message: string): [string, string?] {
  const quote = /Missing closing (['"])quote/.exec(message)?.[1];
  if (quote !== undefined)
    return [`A text in ${quote === "'" ? "single" : "double"} quotes is not closed`, `add the closing ${quote}`];
  if (message.startsWith("Implicit map keys"))
    return ["A line is no key with a value", "is the colon missing, or the line indented wrongly?"];
  if (message.startsWith("Comments must"))
    return ["A # follows its word without a space", "put a space before a comment, or quote a text that holds #"];
  if (/^Missing , (?:or : )?between/.test(message))
    return ["Two items inside { } or [ ] are not separated", "add a comma, or quote a text with spaces"];
  return [cleaned(message)];
}

function badIndent(message: string): string {
  if (message.includes("expected to end with"))
    return `A bracket is not closed: a ${message.includes("}") ? "}" : "]"} is missing`;
  return "The indentation does not fit";
}

function badStart(message: string): string {
  const character =
    /cannot start with (?:reserved character |block scalar indicator |directive indicator character |flow indicator character )?(\S+)/.exec(
      message,
    )?.[1];
  return character === undefined ? "this character" : character.length <= 2 ? character : describeCharacter(character);
}

/** The parser's own words as one short sentence that shows nothing invisible. */
function cleaned(message: string): string {
  const text = message.length > 160 ? `${message.slice(0, 157)}...` : message;
  return quoted(text).slice(1, -1);
}
