/** Characters that terminals show two columns wide, as pairs of first and last code point. */
const wideRanges = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe,
  0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be,
  0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa,
  0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755,
  0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55,
  0x2e80, 0x303e, 0x3041, 0x33ff, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa4cf, 0xa960, 0xa97f, 0xac00, 0xd7a3,
  0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff00, 0xff60, 0xffe0, 0xffe6, 0x1f004, 0x1f004, 0x1f0cf, 0x1f0cf,
  0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c, 0x1f37e, 0x1f393, 0x1f3a0,
  0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440, 0x1f442, 0x1f4fc,
  0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4, 0x1f5a4, 0x1f5fb,
  0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6d7, 0x1f6dc, 0x1f6df, 0x1f6eb, 0x1f6ec,
  0x1f6f4, 0x1f6fc, 0x1f7e0, 0x1f7eb, 0x1f7f0, 0x1f7f0, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70,
  0x1faff, 0x20000, 0x3fffd,
];

function isWide(code: number): boolean {
  let low = 0;
  let high = wideRanges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < (wideRanges[2 * middle] ?? 0)) high = middle - 1;
    else if (code > (wideRanges[2 * middle + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

let segmenter: Intl.Segmenter | undefined;

/** Characters of one column each that join with no neighbour: European letters, punctuation, arrows, lines, ticks and crosses. */
const plain =
  /^[ -~\u{a1}-\u{ac}\u{ae}-\u{2ff}\u{2010}-\u{2027}\u{2030}-\u{205e}\u{2190}-\u{21ff}\u{2500}-\u{259f}\u{2713}-\u{2718}]*$/u;

/** What the eye sees as one character each: letters with their marks, emoji with their joiners. Loading Intl's rules is slow. */
function clusters(text: string): string[] {
  if (plain.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), (one) => one.segment);
}

function clusterWidth(cluster: string): number {
  const code = cluster.codePointAt(0) ?? 0;
  if (/^[\p{Mark}\p{Cf}\p{Cc}]+$/u.test(cluster)) return 0;
  return isWide(code) || cluster.includes("\u{fe0f}") ? 2 : 1;
}

/** Columns a text without control characters takes on a terminal. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length;
  return clusters(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0);
}

/** Cuts at the end to at most `width` columns. */
export function fitEnd(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text;
  const room = width - textWidth(ellipsis);
  return room <= 0 ? takeColumns(clusters(text), width) : takeColumns(clusters(text), room) + ellipsis;
}

/** Cuts in the middle: long names differ at their end as often as at their start. */
export function fitMiddle(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text;
  const room = width - textWidth(ellipsis);
  if (room <= 1) return fitEnd(text, width, ellipsis);
  const parts = clusters(text);
  const tail = Math.floor(room / 2);
  const end = takeColumns(parts.toReversed(), tail, "backwards");
  return takeColumns(parts, room - tail) + ellipsis + end;
}

function takeColumns(parts: readonly string[], width: number, order: "forwards" | "backwards" = "forwards"): string {
  let taken = "";
  let used = 0;
  for (const part of parts) {
    used += clusterWidth(part);
    if (used > width) break;
    taken = order === "forwards" ? taken + part : part + taken;
  }
  return taken;
}

/** Fills up with spaces on the right, or on the left with `align` right. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const filling = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + filling : filling + text;
}

/**
 * A foreign text on one line that cannot steer the terminal: line ends become spaces, other control characters and
 * marks that reorder text are shown by their code point.
 */
export function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/\t/g, " ")
    .replace(/[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, (found) => codePoint(found));
}

/** As `oneLine`, but line ends and tabs stay. */
export function severalLines(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]|[\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu, (found) => codePoint(found));
}

function codePoint(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** Breaks a text at spaces into lines of at most `width` columns; longer words get a line of their own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line !== "" && textWidth(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}
