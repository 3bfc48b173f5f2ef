/**
 * Steps that are ready and wait for a place, by their turns. A bit for each turn, a bit for each word of those that is not empty, and so
 * on up to one word: the first turn is found in as many looks as there are levels.
 */
export class TurnSet {
  readonly #levels: readonly Int32Array[];
  readonly #turnOf: Int32Array;
  readonly #nodeAt: Int32Array;
  #size = 0;

  /** `turnOf`: by node, lower goes first, each number up to their count once. */
  constructor(turnOf: Int32Array) {
    const levels: Int32Array[] = [];
    let bits = turnOf.length;
    do {
      bits = Math.max(1, Math.ceil(bits / 32));
      levels.push(new Int32Array(bits));
    } while (bits > 1);
    this.#levels = levels;
    this.#turnOf = turnOf;
    this.#nodeAt = new Int32Array(turnOf.length);
    for (const [node, turn] of turnOf.entries()) this.#nodeAt[turn] = node;
  }

  get size(): number {
    return this.#size;
  }

  /** One that is not in it yet. */
  add(node: number): void {
    this.#size++;
    let at = this.#turnOf[node] ?? 0;
    for (const words of this.#levels) {
      const word = words[at >> 5] ?? 0;
      words[at >> 5] = word | (1 << (at & 31));
      if (word !== 0) return;
      at >>= 5;
    }
  }

  /** Takes out the one whose turn is first. There is one. */
  take(): number {
    this.#size--;
    let at = 0;
    for (let level = this.#levels.length - 1; level >= 0; level--) {
      const word = this.#levels[level]?.[at] ?? 0;
      at = (at << 5) + 31 - Math.clz32(word & -word);
    }
    const node = this.#nodeAt[at] ?? 0;
    for (const words of this.#levels) {
      const left = (words[at >> 5] ?? 0) & ~(1 << (at & 31));
      words[at >> 5] = left;
      if (left !== 0) break;
      at >>= 5;
    }
    return node;
  }
}
