import { Composer, type Document } from "yaml";
import { buildTree } from "./tree.js";
import { refusedCharacters, withoutRefused } from "./characters.js";
import type { Fault } from "./faults.js";
import type { Node } from "./node.js";
import { scan } from "./scan.js";
import type { Source } from "./source.js";
import { syntaxFaults } from "./syntax-faults.js";

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
  const scanned = scan(source.text);
  const lexical = [...encoding, ...scanned.faults];
  if (scanned.broken) return { faults: lexical };
  const composed = compose(scanned.tokens, source.text.length);
  const syntax = syntaxFaults(source, [...composed.early, ...(composed.document?.errors ?? [])], lexical);
  const unreadable = syntax.length > 0 || lexical.some((fault) => fault.code === "E_SYNTAX");
  const contents = composed.document?.contents ?? null;
  if (!unreadable && isEmpty(contents)) return { faults: [...lexical, emptyFault()] };
  const tree = buildTree(source, contents);
  const faults = [...lexical, ...syntax, ...tree.faults];
  return unreadable || tree.stopped ? { faults } : { root: tree.root, faults };
}

type Composed = { readonly document: Document.Parsed | undefined; readonly early: Document.Parsed["errors"] };

function compose(tokens: ReturnType<typeof scan>["tokens"], length: number): Composed {
  const composer = new Composer(composing);
  const documents = [...composer.compose(tokens, true, length)];
  const [document, ...later] = documents;
  return { document, early: later.flatMap((other) => other.errors) };
}

function isEmpty(contents: Document.Parsed["contents"]): boolean {
  return (
    contents === null ||
    ("source" in contents && contents.source === "" && "type" in contents && contents.type === "PLAIN")
  );
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
