/** Chance that comes again: the same seed draws the same. */
export type Draw = { below(limit: number): number; of<T>(list: readonly T[]): T };

export function drawBy(seed: number): Draw {
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, of: (list) => list[below(list.length)] as (typeof list)[number] };
}

const bits = [
  ..."{ } [ ] : , - ? & * ! | > ' \" % @ ` # << &a *a --- ... !!str ${ ${A} {{ }} {% %} \t".split(" "),
  ..."\u0000 \ufeff \u202e \u200b \r \n \ud800 \u0430 __proto__ constructor 1e999 99999999999999999999 ~ null yes".split(
    " ",
  ),
  "\n  ",
  "\n      ",
  ": ",
  "__proto__: { polluted: 1 }\n",
  "[".repeat(70),
  "{ <<: *a }",
  "extends: w.yml\n",
  "${secret:A}",
  "\\",
  "../",
  "'a'",
  "&& ",
  "(",
  ")",
  "$",
  ".",
  " ",
];

/** The text with a few pieces moved, doubled, left out, put in or broken. */
export function mutated(text: string, others: readonly string[], draw: Draw): string {
  let made = text;
  for (let times = draw.below(4) + 1; times > 0; times--) {
    const at = draw.below(made.length + 1);
    const length = draw.of([0, 1, 2, 8, 40, 200]);
    const other = draw.of(others);
    const from = draw.below(other.length);
    const put = draw.of([
      draw.of(bits),
      draw.of(bits) + draw.of(bits),
      other.slice(from, from + length),
      made.slice(at, at + length).repeat(2),
      String.fromCharCode(draw.below(65_536)),
      "",
    ]);
    made = made.slice(0, at) + put + made.slice(at + draw.of([0, 0, length]));
  }
  return made;
}

/** The same on bytes, so that encodings break, too. */
export function mutatedBytes(text: string, draw: Draw): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  for (let times = draw.below(4) + 1; times > 0; times--) bytes[draw.below(bytes.length)] = draw.below(256);
  return bytes;
}
