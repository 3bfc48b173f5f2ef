/** A binary heap of node numbers, smallest priority first. Each node is in it once at most. */
export class ReadyHeap {
  #items: number[] = [];
  readonly #priority: Int32Array;

  constructor(priority: Int32Array) {
    this.#priority = priority;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The node that goes first, or -1. */
  peek(): number {
    return this.#items[0] ?? -1;
  }

  push(node: number): void {
    this.#items.push(node);
    this.#rise(this.#items.length - 1);
  }

  /** Takes a node out. It is nearly always the first, which costs O(log n). False: it was not there. */
  remove(node: number): boolean {
    const at = this.#items[0] === node ? 0 : this.#items.indexOf(node);
    if (at < 0) return false;
    const last = this.#items.pop();
    if (last !== undefined && at < this.#items.length) {
      this.#items[at] = last;
      this.#rise(this.#sink(at));
    }
    return true;
  }

  copy(): ReadyHeap {
    const copy = new ReadyHeap(this.#priority);
    copy.#items = this.#items.slice();
    return copy;
  }

  /** In heap order, for snapshots. */
  items(): readonly number[] {
    return this.#items;
  }

  #before(a: number, b: number): boolean {
    const left = this.#items[a] ?? 0;
    const right = this.#items[b] ?? 0;
    return (this.#priority[left] ?? 0) < (this.#priority[right] ?? 0);
  }

  #swap(a: number, b: number): void {
    const kept = this.#items[a] ?? 0;
    this.#items[a] = this.#items[b] ?? 0;
    this.#items[b] = kept;
  }

  #rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): number {
    let at = from;
    for (;;) {
      const left = at * 2 + 1;
      const right = left + 1;
      let least = at;
      if (left < this.#items.length && this.#before(left, least)) least = left;
      if (right < this.#items.length && this.#before(right, least)) least = right;
      if (least === at) return at;
      this.#swap(at, least);
      at = least;
    }
  }
}
