import { Composer, type Document } from "yaml";
import { budgets } from "./budgets.js";
import { refusedCharacters, withoutRefused } from "./characters.js";
import type { Fault } from "./faults.js";
import type { Node } from "./node.js";
import { scan } from "./scan.js";
import { lineIndexOf, type Source } from "./source.js";
import { syntaxFaults } from "./syntax-faults.js";
import { buildTree } from "./tree.js";

export type ReadSource = {
  /** Absent: the file is empty, or its faults leave no tree to check. */
  readonly root?: Node;
  readonly faults: readonly Fault[];
};

const mostEncodingFaults = 20;

const composing = {
  schema: "failsafe",
  version: "1.2",
  uniqueKeys: false,
  keepSourceTokens: false,
  prettyErrors: false,
  logLevel: "silent",
  merge: false,
  resolveKnownTags: false,
} as const;

/** Parses one file's text into a raw tree, with every fault the text alone shows. */
export function readSource(source: Source): ReadSource {
  const faults = encodingFaults(source);
  const readable = faults.length === 0 ? source : { ...source, text: withoutRefused(source.text) };
  try {
    return parse(readable, faults);
  } catch {
    const message = "The YAML parser gave up on this file";
    return { faults: [...faults, { code: "E_SYNTAX", span: { start: 0, end: 1 }, path: [], message }] };
  }
}

function parse(source: Source, encoding: readonly Fault[]): ReadSource {
  if (source.lineStarts.length > budgets.lines) return { faults: [...encoding, tooManyLines(source)] };
  const scanned = scan(source.text);
  const lexical = [...encoding, ...scanned.faults];
  if (scanned.broken) return { faults: lexical };
  const composed = compose(scanned.tokens, source.text.length);
  const errors = [...composed.early, ...(composed.document?.errors ?? [])];
  const syntax = syntaxFaults(source, errors, scanned.spoilt);
  const unreadable = syntax.length > 0 || lexical.some((fault) => fault.code === "E_SYNTAX");
  const contents = composed.document?.contents ?? null;
  if (!unreadable && isEmpty(contents)) return { faults: [...lexical, emptyFault()] };
  const tree = buildTree(source, contents);
  if (!unreadable) return { faults: [...lexical, ...tree.faults], ...(tree.stopped ? {} : { root: tree.root }) };
  const lines = new Set([...lexical, ...syntax].map(({ span }) => lineIndexOf(source, span.start)));
  const others = tree.faults.filter(({ span }) => !lines.has(lineIndexOf(source, span.start)));
  return { faults: [...lexical, ...syntax, ...others] };
}

type Composed = { readonly document: Document.Parsed | undefined; readonly early: Document.Parsed["errors"] };

function compose(tokens: ReturnType<typeof scan>["tokens"], length: number): Composed {
  const composer = new Composer(composing);
  const documents = [...composer.compose(tokens, true, length)];
  // The tokens are the larger half of what parsing takes; let them go before the tree is built.
  tokens.length = 0;
  const [document, ...later] = documents;
  return { document, early: later.flatMap((other) => other.errors) };
}

function isEmpty(contents: Document.Parsed["contents"]): boolean {
  if (contents === null) return true;
  const plain = "type" in contents && contents.type === "PLAIN" && contents.tag === undefined;
  return plain && "source" in contents && /^(?:~|null|Null|NULL)?$/.test(String(contents.source));
}

function tooManyLines(source: Source): Fault {
  const start = source.lineStarts[budgets.lines]!;
  return {
    code: "E_LIMIT",
    span: { start, end: start + 1 },
    path: [],
    message: `File has more than ${budgets.lines} lines`,
  };
}

function emptyFault(): Fault {
  const hint = "write a document; nanobrain init gives one to start from";
  return {
    code: "E_EMPTY",
    span: { start: 0, end: 0 },
    path: [],
    message: "The file is empty: a document is expected",
    hint,
  };
}

function encodingFaults(source: Source): Fault[] {
  return refusedCharacters(source.text, mostEncodingFaults).map(({ index, length, description }) => ({
    code: "E_ENCODING",
    span: { start: index, end: index + length },
    path: [],
    message: `The file holds ${description}, which is not allowed`,
    hint: "remove it; where a text needs it, write it as an escape in double quotes",
  }));
}
