import { minSecretLength, needlesOf, partsOf } from "./secret-needles.js";
import { asItIs, readingsOf, type TextView, unbroken, withSpaces } from "./text-views.js";

type Secrets = { readonly [name: string]: string };

/** Shorter numbers are no secrets: they would blot out counts and years. */
const minNumberLength = 8;
/** What is broken into lines is longer than this. */
const minBrokenLength = 40;
/** Shorter runs of letters are in every text. */
const minAnchorLength = 3;

export type SecretMask = {
  /** The text with each secret replaced by `***`, however it is quoted (JSON, URL, HTML, shell) or encoded (base64, hex). */
  (text: string): string;
  /** The same for a text out of which pieces were cut: what is left of a secret beside a cut goes, too. */
  cut(text: string): string;
  /** Whether a number's digits are a secret. */
  hides(value: number): boolean;
};

/** Undefined when there is nothing to mask. */
export function secretMask(secrets: Secrets): SecretMask | undefined {
  const values = Object.values(secrets);
  const needles = [...new Set(values.flatMap(needlesOf))].sort((a, b) => b.length - a.length);
  if (needles.length === 0) return undefined;
  const parts = [...new Set(values.filter((value) => value.length >= minSecretLength).flatMap(partsOf))];
  const find = finderOf(needles, parts);
  const mask = (text: string): string => without(text, find(text));
  const spellings = parts.flatMap((part) => [part, JSON.stringify(part).slice(1, -1), urlOf(part)]);
  const numbers = new Set(values.map((value) => value.trim()).filter((value) => value.length >= minNumberLength));
  return Object.assign(mask, {
    cut: (text: string) => withoutRests(mask(text), [...new Set(spellings)]),
    hides: (value: number) => numbers.size > 0 && numbers.has(String(value)),
  });
}

type Span = readonly [start: number, end: number];

/** Where the needles are, in any reading of a text. */
function finderOf(needles: readonly string[], parts: readonly string[]): (text: string) => readonly Span[] {
  const any = anyOf(needles);
  const long = needles.filter((needle) => needle.length > minBrokenLength);
  const anyLong = long.length === 0 ? undefined : anyOf(long);
  const spaced = parts.filter((part) => /[ +]/.test(part)).map((part) => part.replaceAll("+", " "));
  const anySpaced = spaced.length === 0 ? undefined : anyOf(spaced);
  const mayHold = anchored(needles);
  return (text) => {
    const spans: Span[] = [];
    const look = (view: TextView | undefined, pattern: RegExp): void => {
      if (view === undefined) return;
      for (const { index, 0: found } of view.text.matchAll(pattern))
        spans.push(view.original(index, index + found.length));
    };
    for (const view of mayHold(text) ? readingsOf(text) : [asItIs(text)]) {
      look(view, any);
      if (anySpaced !== undefined) look(withSpaces(view) ?? view, anySpaced);
      if (anyLong !== undefined) look(unbroken(view), anyLong);
    }
    return spans;
  };
}

/**
 * Whether a text may hold a needle in any quoting. Letters and digits are quoted by nothing, so that the longest run of them tells; a
 * needle without such a run may be anywhere.
 */
function anchored(needles: readonly string[]): (text: string) => boolean {
  const runs = needles.map((needle) =>
    (needle.match(/[A-Za-z0-9]+/g) ?? []).reduce((a, b) => (b.length > a.length ? b : a), ""),
  );
  if (runs.some((run) => run.length < minAnchorLength)) return () => true;
  const any = new RegExp([...new Set(runs)].join("|"));
  return (text) => any.test(text);
}

function anyOf(needles: readonly string[]): RegExp {
  return new RegExp(needles.map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&")).join("|"), "g");
}

function without(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (start >= at) parts.push(text.slice(at, start), "***");
    at = Math.max(at, end);
  }
  return parts.join("") + text.slice(at);
}

function urlOf(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, ""));
}

/** Texts are cut at their end, at the end of a line, and where dots stand for the rest. */
function withoutRests(text: string, spellings: readonly string[]): string {
  const pieces = text.split(/(?<=\n)|(?<=^| )(?=\.\.\.)|(?<=\.\.\.)(?= )/);
  return pieces.map((piece) => withoutBeginning(withoutEnd(piece, spellings), spellings)).join("");
}

/** Without the beginning of a secret at the end of the piece. */
function withoutBeginning(piece: string, spellings: readonly string[]): string {
  const body = piece.trimEnd();
  for (const secret of spellings)
    for (let length = Math.min(secret.length - 1, body.length); length >= minSecretLength; length--)
      if (body.endsWith(secret.slice(0, length))) return `${body.slice(0, -length)}***${piece.slice(body.length)}`;
  return piece;
}

/** Without the end of a secret at the beginning of the piece. */
function withoutEnd(piece: string, spellings: readonly string[]): string {
  const body = piece.trimStart();
  for (const secret of spellings)
    for (let length = Math.min(secret.length - 1, body.length); length >= minSecretLength; length--)
      if (body.startsWith(secret.slice(-length)))
        return `${piece.slice(0, piece.length - body.length)}***${body.slice(length)}`;
  return piece;
}
