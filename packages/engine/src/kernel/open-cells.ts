import type { OpenCell } from "./state.js";

/** The cells of an open activation by their numbers, in the order in which they began. One that is alone costs no map. */
export class OpenCells {
  #only: OpenCell | undefined = undefined;
  #all: Map<number, OpenCell> | undefined = undefined;

  get(c: number): OpenCell | undefined {
    if (this.#all !== undefined) return this.#all.get(c);
    return this.#only?.c === c ? this.#only : undefined;
  }

  has(c: number): boolean {
    return this.get(c) !== undefined;
  }

  add(cell: OpenCell): void {
    if (this.#all !== undefined) this.#all.set(cell.c, cell);
    else if (this.#only === undefined || this.#only.c === cell.c) this.#only = cell;
    else {
      this.#all = new Map([
        [this.#only.c, this.#only],
        [cell.c, cell],
      ]);
    }
  }

  values(): Iterable<OpenCell> {
    if (this.#all !== undefined) return this.#all.values();
    return this.#only === undefined ? [] : [this.#only];
  }

  keys(): readonly number[] {
    return Array.from(this.values(), ({ c }) => c);
  }

  copy(each: (cell: OpenCell) => OpenCell): OpenCells {
    const copy = new OpenCells();
    for (const cell of this.values()) copy.add(each(cell));
    return copy;
  }
}
