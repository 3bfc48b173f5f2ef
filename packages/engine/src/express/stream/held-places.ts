import type { Places } from "../outside.js";

/** The places of a run for attempts: taken by twos, fours, eights, and given back when most are free. */
export class HeldPlaces {
  running = 0;
  readonly #places: Places;
  #held = 0;

  constructor(places: Places) {
    this.#places = places;
  }

  /** One more may run; false: there is no place. */
  has(): boolean {
    if (this.running < this.#held) return true;
    const more = Math.max(1, this.#held);
    if (this.#places.take(more)) this.#held += more;
    else if (more > 1 && this.#places.take(1)) this.#held++;
    return this.running < this.#held;
  }

  /** Others may have what is more than twice of what runs. */
  spare(): void {
    if (this.#held <= 2 * this.running + 1) return;
    const spare = this.#held - this.running - 1;
    this.#held -= spare;
    this.#places.give(spare);
  }

  giveAll(): void {
    this.#places.give(this.#held);
    this.#held = 0;
  }
}
