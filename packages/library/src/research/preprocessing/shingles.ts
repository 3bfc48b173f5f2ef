const shingleLength = 5;
const maxShingles = 4_000;

/** What near duplicates are compared by: letters and digits in small letters, without accents, words apart by one space. */
export function comparable(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** The numbers in a text, in their order: two texts that differ in them say different things. */
export function digitsOf(text: string): string {
  return (text.match(/\d+/g) ?? []).join(" ");
}

/** Hashes of all pieces of five characters, each once, sorted; of the first 4,000 characters. Short texts are one piece. */
export function shinglesOf(text: string): readonly number[] {
  const cut = text.slice(0, maxShingles);
  if (cut.length <= shingleLength) return [hash(cut, 0, cut.length)];
  const seen = new Set<number>();
  for (let at = 0; at + shingleLength <= cut.length; at++) seen.add(hash(cut, at, at + shingleLength));
  return [...seen];
}

/** FNV-1a over code units, 32 bits. */
function hash(text: string, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** Equal members divided by all members, of two lists sorted the same way. Stops early: below `atLeast` it is 0. */
export function jaccard(a: Uint32Array, b: Uint32Array, atLeast: number): number {
  const needed = Math.ceil((atLeast / (1 + atLeast)) * (a.length + b.length) - 1e-9);
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (common + Math.min(a.length - i, b.length - j) < needed) return 0;
    const left = a[i] as number;
    const right = b[j] as number;
    if (left === right) {
      common += 1;
      i += 1;
      j += 1;
    } else if (left < right) i += 1;
    else j += 1;
  }
  return common / (a.length + b.length - common);
}
