/** The words of a title for comparing: without accents, marks and case. */
export function titleWords(title: string): readonly string[] {
  const plain = title
    .slice(0, 1_000)
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Share of the words that both have. */
export function likeness(one: ReadonlySet<string>, two: ReadonlySet<string>): number {
  let common = 0;
  for (const word of one) if (two.has(word)) common += 1;
  const all = one.size + two.size - common;
  return all === 0 ? 0 : common / all;
}
