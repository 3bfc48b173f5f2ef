/** A character that is not what it seems, or cannot be seen. `index` counts UTF-16 units. */
export type OddCharacter = { readonly index: number; readonly length: number; readonly description: string };

const names: ReadonlyMap<string, string> = new Map([
  ["\u0000", "NUL"],
  ["\u0007", "bell"],
  ["\u0008", "backspace"],
  ["\u000d", "carriage return without line feed"],
  ["\u001b", "escape"],
  ["\u007f", "delete"],
  ["\u0085", "next line"],
  ["\u00a0", "no-break space"],
  ["\u00ad", "soft hyphen"],
  ["\u200b", "zero-width space"],
  ["\u200c", "zero-width non-joiner"],
  ["\u200d", "zero-width joiner"],
  ["\u200e", "left-to-right mark"],
  ["\u200f", "right-to-left mark"],
  ["\u2028", "line separator"],
  ["\u2029", "paragraph separator"],
  ["\u202a", "left-to-right embedding"],
  ["\u202b", "right-to-left embedding"],
  ["\u202c", "end of embedding"],
  ["\u202d", "left-to-right override"],
  ["\u202e", "right-to-left override"],
  ["\u2060", "word joiner"],
  ["\u2066", "left-to-right isolate"],
  ["\u2067", "right-to-left isolate"],
  ["\u2068", "first strong isolate"],
  ["\u2069", "end of isolate"],
  ["\u202f", "narrow no-break space"],
  ["\u3000", "ideographic space"],
  ["\u3164", "Hangul filler"],
  ["\ufeff", "byte order mark"],
]);

/** Letters of other scripts (and signs) beside the ASCII characters that they look like. */
const twins = pairs(
  "Cyrillic",
  "аa вb сc ԁd еe һh іi јj кk ӏl мm пn оo рp ԛq ѕs тt ѵv ԝw хx уy АA ВB СC ЕE НH ІI ЈJ КK МM ОO РP ЅS ТT ХX ҮY УY",
);
const greekTwins = pairs("Greek", "αa βb ϲc εe γy ιi κk νv οo ρp τt υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX");
const signTwins = pairs("sign", "‐- ‑- ‒- –- —- −- ˗- “\" ”\" „\" ‘' ’' ‚' ʹ' ：: ꞉: ∶: ․. ‹< ›> ⁄/ ∕/ ،, ٭* ıi ɡg");

const invisible =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0\u2800]|\p{Variation_Selector}/gu;
/** Refused wherever they stand unescaped: what no text editor shows, and what reorders what it shows. */
const refusedRaw = /[^\P{Cc}\t\n\r\u0085]|\r(?!\n)|[\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/** Control characters, lone carriage returns, marks that reorder text: refused anywhere in a file. At most `limit`. */
export function refusedCharacters(text: string, limit: number): OddCharacter[] {
  const found: OddCharacter[] = [];
  for (const match of text.matchAll(refusedRaw)) {
    found.push(described(match.index, match[0]));
    if (found.length >= limit) break;
  }
  return found;
}

/** The same text with refused characters replaced one for one, so that the rest can still be read. */
export function withoutRefused(text: string): string {
  return text.replace(refusedRaw, "\ufffd");
}

/** The first character of an id or key that cannot be seen. */
export function invisibleCharacter(text: string): OddCharacter | undefined {
  if (/^[ -~]*$/.test(text)) return undefined;
  invisible.lastIndex = 0;
  const match = invisible.exec(text);
  return match === null ? undefined : described(match.index, match[0]);
}

/**
 * The first character that looks like an ASCII character without being it. `anywhere`: for ids, which are ASCII.
 * `in words`: only a letter beside ASCII letters, so that words of other languages, units and dashes are left alone.
 */
export function lookAlike(text: string, rule: "anywhere" | "in words"): OddCharacter | undefined {
  if (/^[ -~]*$/.test(text)) return undefined;
  for (const { 0: word, index } of text.matchAll(rule === "in words" ? /\p{L}+/gu : /.+/gsu)) {
    if (rule === "in words" && !/[A-Za-z]/.test(word)) continue;
    const found = firstTwin(word);
    if (found !== undefined) return { ...found, index: found.index + index };
  }
  return undefined;
}

function firstTwin(text: string): OddCharacter | undefined {
  let index = 0;
  for (const character of text) {
    const twin = character > "\u007f" ? twinOf(character) : undefined;
    if (twin !== undefined) {
      const description = `${codePoint(character)} (${twin.kind}, looks like ${twin.ascii})`;
      return { index, length: character.length, description };
    }
    index += character.length;
  }
  return undefined;
}

/** `U+200B (zero-width space)`, or `U+0430` for what has no name here. */
export function describeCharacter(character: string): string {
  const name = names.get(character) ?? (/\p{Cc}/u.test(character) ? "control character" : undefined);
  return name === undefined ? codePoint(character) : `${codePoint(character)} (${name})`;
}

function described(index: number, character: string): OddCharacter {
  const name = describeCharacter(character);
  return { index, length: character.length, description: name.includes("(") ? name : `${name} (invisible)` };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function twinOf(character: string): { readonly ascii: string; readonly kind: string } | undefined {
  const listed = twins.get(character) ?? greekTwins.get(character) ?? signTwins.get(character);
  if (listed !== undefined) return listed;
  if (!/[\u2100-\u24ff\uff01-\uff5e\u{1d400}-\u{1d7ff}]/u.test(character)) return undefined;
  const plain = character.normalize("NFKC");
  return /^[!-~]$/.test(plain) ? { ascii: plain, kind: "styled letter or sign" } : undefined;
}

function pairs(kind: string, list: string): ReadonlyMap<string, { readonly ascii: string; readonly kind: string }> {
  return new Map(list.split(" ").map((pair) => [pair.slice(0, 1), { ascii: pair.slice(1), kind }]));
}
