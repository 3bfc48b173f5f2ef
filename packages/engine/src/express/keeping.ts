import type { Json } from "../contracts/json.js";
import { type ExpressJournal, HEADER } from "./express-journal.js";
import type { ExpressDisk } from "./outside.js";
import type { Several } from "./several.js";

/** How much of a run's journal is on its disk. K1. It was asked for once at most before it is there. */
export class Keeping {
  readonly #journal: ExpressJournal;
  readonly #disk: ExpressDisk;
  #until = HEADER;
  #isAsked = false;

  constructor(journal: ExpressJournal, disk: ExpressDisk) {
    this.#journal = journal;
    this.#disk = disk;
  }

  /** Number of the last event there. */
  get until(): number {
    return this.#until;
  }

  get isWhole(): boolean {
    return this.#until === this.#journal.last;
  }

  takes(node: number, value: Json | Several | undefined): boolean {
    return this.#disk.takes(node, value);
  }

  /** All that is journaled is to be there. True: it is. False: the run hears of it later, or never. */
  save(isAlone: boolean): boolean {
    if (this.#isAsked) return false;
    if (this.isWhole) return true;
    this.#isAsked = true;
    const { last } = this.#journal;
    if (!this.#disk.save(isAlone)) return false;
    this.kept(last);
    return true;
  }

  kept(until: number): void {
    this.#until = until;
    this.#isAsked = false;
  }
}
