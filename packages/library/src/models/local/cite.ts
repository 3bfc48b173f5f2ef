import type { Quote } from "./reading.js";
import type { Source } from "./sources.js";

/** A text so that Markdown shows it as it is. */
export function literal(text: string): string {
  return text.replace(/[\\`*_[\]<>|~]/g, (sign, at: number) =>
    sign === "_" || sign === "~" ? `\\${sign}` : isMark(text, sign, at) ? `\\${sign}` : sign,
  );
}

/** A lone `<` or `>` between blanks, as in `p < 0.05`, is no mark. */
function isMark(text: string, sign: string, at: number): boolean {
  if (sign === ">") return false;
  return sign !== "<" || /[a-z/!?]/i.test(text[at + 1] ?? "");
}

/** `“The sentence.” [@key]`, or with its number in the list of sources. */
export function cited(quote: Quote): string {
  return `“${literal(quote.text)}” ${citation(quote.source)}`;
}

export function citation({ key, number }: Source): string {
  return key !== undefined && /^[\w:.-]+$/.test(key) ? `[@${key}]` : `[${number}]`;
}

/** `1 text`, `3 texts`. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

/** Each value with how often it is there, the commonest first. */
export function tally<T>(values: readonly T[]): readonly (readonly [T, number])[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
