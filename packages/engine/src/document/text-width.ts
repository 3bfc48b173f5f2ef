const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}])/u;
const zero = /^[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** One line that a terminal shows as it is: tabs become spaces, controls and invisible characters a sign of one column. */
export function shownText(text: string): string {
  return text
    .replace(/\t/g, " ")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => "\ufffd".repeat(character.length));
}

/** The beginning of a text that fits, with an ellipsis if it was longer. */
export function clipped(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let result = "";
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width - 1) break;
    result += character;
  }
  return `${result}\u2026`;
}

/**
 * A text in lines of at most `width` columns, the first of at most `first`, the others behind `indent`; broken at spaces,
 * longer words anywhere.
 */
export function wrapped(text: string, width: number, indent: string, first = width): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((long) => broken(long, Math.max(1, width - indent.length)))) {
    const longer = line === "" || line === indent ? line + word : `${line} ${word}`;
    if (displayWidth(longer) <= (lines.length === 0 ? first : width) || line.trim() === "") {
      line = longer;
      continue;
    }
    lines.push(line);
    line = indent + word;
  }
  return [...lines, line];
}

function broken(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word];
  const parts: string[] = [];
  let part = "";
  for (const character of word) {
    if (displayWidth(part) + columnsOf(character) > width && part !== "") {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}

function columnsOf(character: string): number {
  return wide.test(character) ? 2 : zero.test(character) ? 0 : 1;
}
