/** Numbers below a bound, of which the least is asked for again and again. */
export class ReadyBits {
  readonly #words: Int32Array;
  #count = 0;

  constructor(bound: number) {
    this.#words = new Int32Array((bound >> 5) + 1);
  }

  get count(): number {
    return this.#count;
  }

  add(number: number): void {
    const word = this.#words[number >> 5] ?? 0;
    const bit = 1 << (number & 31);
    if ((word & bit) !== 0) return;
    this.#words[number >> 5] = word | bit;
    this.#count++;
  }

  /** Takes the least one out; -1: there is none. */
  shift(): number {
    for (let at = 0; at < this.#words.length; at++) {
      const word = this.#words[at] ?? 0;
      if (word === 0) continue;
      this.#words[at] = word & (word - 1);
      this.#count--;
      return (at << 5) + 31 - Math.clz32(word & -word);
    }
    return -1;
  }
}
