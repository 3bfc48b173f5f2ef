import { type Inline, plainText } from "./report-tree.js";

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const strong = /[\p{L}]/u;
const languages = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "syr", "ug", "ur", "yi"]);

/** Whether a text has letters that are written from right to left, as those of Arabic and Hebrew. */
export function hasRightToLeft(text: string): boolean {
  return rightToLeft.test(text);
}

/** Whether a line is written from right to left: its first letter is. */
export function beginsRightToLeft(line: readonly Inline[] | string): boolean {
  const text = typeof line === "string" ? line : plainText(line);
  const first = strong.exec(text)?.[0];
  return first !== undefined && rightToLeft.test(first);
}

/** Whether a language, as a tag such as `he-IL`, is written from right to left. */
export function isRightToLeftLanguage(tag: string): boolean {
  return languages.has(tag.toLowerCase().split("-")[0] ?? "");
}
