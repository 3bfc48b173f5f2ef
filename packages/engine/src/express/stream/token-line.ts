/** Tokens that wait at one slot, first in first out: a ring whose length is a power of two. */
export class TokenLine {
  #ring: unknown[] = new Array<unknown>(16);
  #head = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get first(): unknown {
    return this.#ring[this.#head];
  }

  push(token: unknown): void {
    const ring = this.#ring;
    if (this.#count === ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) & (this.#ring.length - 1)] = token;
    this.#count++;
  }

  /** The first one; undefined: none waits. */
  shift(): unknown {
    if (this.#count === 0) return undefined;
    const ring = this.#ring;
    const token = ring[this.#head];
    ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (ring.length - 1);
    this.#count--;
    return token;
  }

  #grow(): void {
    const old = this.#ring;
    const ring = new Array<unknown>(old.length * 2);
    for (let at = 0; at < old.length; at++) ring[at] = old[(this.#head + at) & (old.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
