import { paperWords, stopWords } from "./stop-words.js";

/** A word of a text and its root, under which its forms are counted together. */
export type Word = { readonly text: string; readonly root: string };

const wordPattern = /[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu;
const roots = new Map<string, string>();
const mostRoots = 50_000;

/** The words of a text in their order, in small letters. */
export function wordsOf(text: string): readonly Word[] {
  return (text.match(wordPattern) ?? []).map((found) => {
    const small = found.toLowerCase();
    return { text: found, root: rootOf(small) };
  });
}

/** Without the endings of English plurals: `therapies` and `therapy` are one, `virus` stays. */
export function rootOf(word: string): string {
  const known = roots.get(word);
  if (known !== undefined) return known;
  if (roots.size > mostRoots) roots.clear();
  const root = withoutPlural(word.replace(/['’]s?$/, ""));
  roots.set(word, root);
  return root;
}

function withoutPlural(word: string): string {
  if (word.length < 4 || /(ss|us|is|[^a-z]s|ous|ics)$/.test(word)) return word;
  if (/ies$/.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(sh|ch|x|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

const stopRoots = new Set([...stopWords].map(rootOf));
const paperRoots = new Set([...paperWords].map(rootOf));

/** Whether a word may stand for what a text is about. */
export function isTelling({ text, root }: Word): boolean {
  return root.length > 1 && !stopRoots.has(root) && !stopWords.has(text.toLowerCase()) && !/^[\d.,-]+$/.test(root);
}

/** Whether a word may be part of a key phrase: telling, and not one of every paper. */
export function isTheme(word: Word): boolean {
  return isTelling(word) && !paperRoots.has(word.root) && !/^\d/.test(word.root);
}
