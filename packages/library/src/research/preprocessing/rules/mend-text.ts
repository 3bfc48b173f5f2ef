import { encodeWindows1252 } from "@nanobrain/engine/steps";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });
const maxRounds = 8;

/** Text in UTF-8 that somebody read as Windows-1252 (`cafÃ©`), read right; other text as it is. */
export function fixMojibake(text: string): string {
  let mended = text;
  for (let round = 0; round < maxRounds && /[ÂÃâÅÄÐÎ][\u0080-\u00bf\u0152-\u2122]/.test(mended); round++) {
    const bytes = encodeWindows1252(mended);
    const read = bytes === undefined ? undefined : decoded(bytes);
    if (read === undefined) return mended;
    mended = read;
  }
  return mended;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** All white space made single spaces, none at the ends. */
export function collapseWhitespace(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

const entities: { readonly [name: string]: string } = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "\u2013",
  mdash: "\u2014",
};

/** Text without HTML's tags, comments, scripts and styles, also those that were escaped; common entities become their signs. */
export function stripHtml(text: string): string {
  let bare = text;
  for (let round = 0; round < maxRounds && /[<&]/.test(bare); round++) {
    const next = strippedOnce(bare);
    if (next === bare) break;
    bare = next;
  }
  return bare;
}

function strippedOnce(text: string): string {
  return withoutTags(text)
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) =>
      entity(whole, decimal, hex, name),
    )
    .replace(/[ \t]+/g, " ")
    .trim();
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined)
    return Object.hasOwn(entities, name.toLowerCase()) ? (entities[name.toLowerCase()] ?? whole) : whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0x1f && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
}

function withoutTags(text: string): string {
  const kept: string[] = [];
  let at = 0;
  for (let open = text.indexOf("<"); open !== -1; open = text.indexOf("<", Math.max(at, open + 1))) {
    // `a < b` is no tag.
    if (!/[a-z/!?]/i.test(text[open + 1] ?? "")) continue;
    const close = endOfTag(text, open);
    if (close === -1) break;
    kept.push(
      text.slice(at, open),
      /^<\/?(p|div|br|li|tr|td|h\d|section|title)\b/i.test(text.slice(open, open + 12)) ? " " : "",
    );
    at = close;
  }
  kept.push(text.slice(at));
  return kept.join("");
}

/** Position behind the tag, comment, script or style that begins at `open`; -1: it does not end. */
function endOfTag(text: string, open: number): number {
  if (text.startsWith("<!--", open)) return after(text, "-->", open);
  const tag = after(text, ">", open);
  const raw = /^<(script|style)\b/i.exec(text.slice(open, open + 8))?.[1]?.toLowerCase();
  if (raw === undefined || tag === -1) return tag;
  const closing = text.slice(tag).search(raw === "script" ? /<\/script/i : /<\/style/i);
  return closing === -1 ? text.length : after(text, ">", tag + closing);
}

function after(text: string, sign: string, from: number): number {
  const at = text.indexOf(sign, from);
  return at === -1 ? -1 : at + sign.length;
}
