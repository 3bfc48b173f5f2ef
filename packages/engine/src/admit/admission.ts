/*
 * Who may start now: resource pools shared by all runs of one process. Pure bookkeeping, no world.
 * I1. What was granted is in `used` until it is given back; amounts asked are capped at the pool's size, so that everything fits alone.
 * I2. Runs that were refused wait in line. While the one in front fits, nobody passes it (no starvation).
 */

/** Amounts by pool name. A pool nobody sized is unlimited. */
export type Needs = { readonly [pool: string]: number };

export class Admission {
  readonly #sizes: Map<string, number>;
  readonly #fixed: ReadonlySet<string>;
  readonly #used = new Map<string, number>();
  readonly #line = new Map<string, Needs>();

  /** `fixed` are the operator's sizes; `defaults` give way to what documents say. */
  constructor(fixed: { readonly [pool: string]: number }, defaults: { readonly [pool: string]: number } = {}) {
    this.#sizes = new Map(Object.entries({ ...defaults, ...fixed }));
    this.#fixed = new Set(Object.keys(fixed));
  }

  /** Sizes a document gives its pools. Pools of one name are one pool for all runs of the process; the latest document's size holds. */
  resize(pools: readonly { readonly name: string; readonly size: number }[]): void {
    for (const { name, size } of pools) if (size >= 0 && !this.#fixed.has(name)) this.#sizes.set(name, size);
  }

  /** Whether `who` may take `needs` now. Takes nothing. A refusal puts `who` in line. */
  ask(who: string, needs: Needs): boolean {
    if (this.#isFree(who, needs)) {
      this.#line.delete(who);
      return true;
    }
    if (!this.#line.has(who)) this.#line.set(who, needs);
    return false;
  }

  /** Nobody who is in front of `who` could have it. */
  #isFree(who: string, needs: Needs): boolean {
    if (!this.#fits(needs)) return false;
    const front = this.#front();
    return front === undefined || front[0] === who || !this.#fits(front[1]);
  }

  #front(): readonly [string, Needs] | undefined {
    return this.#line.size === 0 ? undefined : this.#line.entries().next().value;
  }

  take(needs: Needs): void {
    for (const [pool, amount] of amountsOf(needs))
      this.#used.set(pool, (this.#used.get(pool) ?? 0) + this.#capped(pool, amount));
  }

  give(needs: Needs): void {
    for (const [pool, amount] of amountsOf(needs))
      this.#used.set(pool, Math.max(0, (this.#used.get(pool) ?? 0) - this.#capped(pool, amount)));
  }

  /** `who` wants nothing any more. */
  leave(who: string): void {
    this.#line.delete(who);
  }

  /** Somebody was refused and waits. */
  get isAwaited(): boolean {
    return this.#line.size > 0;
  }

  /** The first in line, if it would be admitted now. */
  next(): string | undefined {
    const front = this.#front();
    return front !== undefined && this.#fits(front[1]) ? front[0] : undefined;
  }

  /** Used and size by pool, for views and for checking that nothing leaks. */
  state(): readonly { readonly pool: string; readonly used: number; readonly size: number }[] {
    return [...this.#sizes].map(([pool, size]) => ({ pool, size, used: this.#used.get(pool) ?? 0 }));
  }

  #fits(needs: Needs): boolean {
    for (const [pool, amount] of amountsOf(needs)) {
      const size = this.#sizes.get(pool);
      if (size !== undefined && (this.#used.get(pool) ?? 0) + Math.min(amount, size) > size + 1e-9) return false;
    }
    return true;
  }

  #capped(pool: string, amount: number): number {
    const size = this.#sizes.get(pool);
    return size === undefined ? amount : Math.min(amount, size);
  }
}

type Amounts = readonly (readonly [pool: string, amount: number])[];

const listed = new WeakMap<Needs, Amounts>();

/** Needs are never changed, and the same ones come with attempt after attempt. */
function amountsOf(needs: Needs): Amounts {
  const known = listed.get(needs);
  if (known !== undefined) return known;
  const amounts = Object.entries(needs);
  listed.set(needs, amounts);
  return amounts;
}
