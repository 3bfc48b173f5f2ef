/** A regular expression as a tree. `test` says whether one code point fits. */
export type PatternTree =
  | { readonly kind: "character"; test(codePoint: number): boolean }
  | { readonly kind: "sequence"; readonly parts: readonly PatternTree[] }
  | { readonly kind: "choice"; readonly options: readonly PatternTree[] }
  | { readonly kind: "group"; readonly index: number; readonly body: PatternTree }
  | {
      readonly kind: "repeat";
      readonly body: PatternTree;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly kind: "place"; readonly at: "start" | "end" | "boundary" | "inside" }
  | { readonly kind: "ahead"; readonly body: PatternTree; readonly wanted: boolean };

export type ParsedPattern = { readonly tree: PatternTree; readonly groups: number; readonly unsupported?: string };

type Reader = { readonly source: string; readonly flags: string; at: number; groups: number; unsupported?: string };

/** Reads a pattern that `RegExp` accepts. Classes and escapes of one character are left to `RegExp`, one code point at a time. */
export function parsePattern(source: string, flags: string): ParsedPattern {
  const reader: Reader = { source, flags, at: 0, groups: 0 };
  const tree = choice(reader);
  const { groups, unsupported } = reader;
  return unsupported === undefined ? { tree, groups } : { tree, groups, unsupported };
}

function choice(reader: Reader): PatternTree {
  const options = [sequence(reader)];
  while (reader.source[reader.at] === "|") {
    reader.at++;
    options.push(sequence(reader));
  }
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: "choice", options };
}

function sequence(reader: Reader): PatternTree {
  const parts: PatternTree[] = [];
  while (reader.at < reader.source.length && !"|)".includes(reader.source[reader.at] ?? "")) {
    parts.push(quantified(reader, atom(reader)));
  }
  return { kind: "sequence", parts };
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/y;

function quantified(reader: Reader, body: PatternTree): PatternTree {
  QUANTIFIER.lastIndex = reader.at;
  const found = QUANTIFIER.exec(reader.source);
  if (found === null) return body;
  reader.at = QUANTIFIER.lastIndex;
  const [, sign, least = "", comma, most = "", lazy] = found;
  const greedy = lazy !== "?";
  if (sign !== undefined)
    return { kind: "repeat", body, min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : Infinity, greedy };
  const min = Number(least);
  return { kind: "repeat", body, min, max: comma === "" ? min : most === "" ? Infinity : Number(most), greedy };
}

function atom(reader: Reader): PatternTree {
  const char = reader.source[reader.at] ?? "";
  if (char === "^" || char === "$") {
    reader.at++;
    if (reader.flags.includes("m")) reader.unsupported ??= "the flag m";
    return { kind: "place", at: char === "^" ? "start" : "end" };
  }
  if (char === "(") return group(reader);
  if (char === "\\") return escaped(reader);
  const isPair = reader.flags.includes("u") && (reader.source.codePointAt(reader.at) ?? 0) > 0xffff;
  const length = isPair ? 2 : 1;
  return character(reader, char === "[" ? classEnd(reader.source, reader.at) : reader.at + length);
}

function group(reader: Reader): PatternTree {
  const opening = /\((\?(?:[:=!]|<[=!]|<[^>]*>|[^:=!<][^)]*))?/y;
  opening.lastIndex = reader.at;
  const [whole = "(", kind = ""] = opening.exec(reader.source) ?? [];
  reader.at += whole.length;
  const isCapture = kind === "" || /^\?<[^=!]/.test(kind);
  const index = isCapture ? ++reader.groups : 0;
  if (kind.startsWith("?<=") || kind.startsWith("?<!")) reader.unsupported ??= "looking behind, (?<=...)";
  else if (!isCapture && !["?:", "?=", "?!"].includes(kind)) reader.unsupported ??= `the group (${kind}`;
  const body = choice(reader);
  reader.at++;
  if (kind === "?=" || kind === "?!") return { kind: "ahead", body, wanted: kind === "?=" };
  return isCapture ? { kind: "group", index, body } : body;
}

const ESCAPE = /\\(?:u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[^}]*\}|c[A-Za-z]|[\s\S])/uy;
/** Under the flag u two halves of a surrogate pair are one character. */
const PAIR = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/y;

function escaped(reader: Reader): PatternTree {
  PAIR.lastIndex = reader.at;
  ESCAPE.lastIndex = reader.at;
  const pair = reader.flags.includes("u") ? PAIR.exec(reader.source) : null;
  const [text = "\\"] = pair ?? ESCAPE.exec(reader.source) ?? [];
  if (text === "\\b" || text === "\\B") {
    reader.at += 2;
    return { kind: "place", at: text === "\\b" ? "boundary" : "inside" };
  }
  if (/^\\[1-9k]/.test(text)) reader.unsupported ??= "a reference to an earlier group";
  return character(reader, reader.at + text.length);
}

/** Past the `]` of a class that `RegExp` has accepted. */
function classEnd(source: string, at: number): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "]") return i + 1;
  }
  return source.length;
}

/** One code point, tested by `RegExp` itself; answers for ASCII are kept. */
function character(reader: Reader, end: number): PatternTree {
  const text = reader.source.slice(reader.at, end);
  reader.at = end;
  if (reader.unsupported !== undefined) return { kind: "character", test: () => false };
  const single = new RegExp(`^(?:${text})$`, reader.flags.replace(/[gym]/g, ""));
  const known = new Int8Array(128);
  return {
    kind: "character",
    test(codePoint) {
      if (codePoint > 127) return single.test(String.fromCodePoint(codePoint));
      if (known[codePoint] === 0) known[codePoint] = single.test(String.fromCharCode(codePoint)) ? 1 : -1;
      return known[codePoint] === 1;
    },
  };
}
