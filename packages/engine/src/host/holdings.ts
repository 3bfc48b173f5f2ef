import type { Admission, Needs } from "../admit/admission.js";

/** What the attempts of one run hold of the pools, by their numbers, from the decision to start until their end is taken in. */
export class Holdings {
  readonly #admission: Admission;
  readonly #held = new Map<number, Needs>();
  /** Those of them that a full queue holds: what they hold is lent out meanwhile. */
  readonly #lent = new Set<number>();

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  hold(id: number, needs: Needs): void {
    this.#admission.take(needs);
    this.#held.set(id, needs);
  }

  giveBack(id: number): void {
    const needs = this.#held.get(id);
    if (needs === undefined) return;
    if (!this.#lent.delete(id)) this.#admission.give(needs);
    this.#held.delete(id);
  }

  giveAllBack(): void {
    for (const id of [...this.#held.keys()]) this.giveBack(id);
  }

  /** False: it holds nothing, or has lent it already. */
  lend(id: number): boolean {
    const needs = this.#held.get(id);
    if (needs === undefined || this.#lent.has(id)) return false;
    this.#admission.give(needs);
    this.#lent.add(id);
    return true;
  }

  takeBack(id: number): void {
    const needs = this.#held.get(id);
    if (needs !== undefined && this.#lent.delete(id)) this.#admission.take(needs);
  }
}
