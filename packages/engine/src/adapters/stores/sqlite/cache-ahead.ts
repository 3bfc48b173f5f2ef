import type { SqlRow } from "./driver.js";
import type { Prepared } from "./prepared.js";
import { cacheSelect } from "./rows.js";

/** Entries found one by one before reading all of their workflow is thought of, and the share of them that must have been asked for. */
const fewest = 64;
const share = 16;
/** Entries of a workflow, older ones of a place included, from which on they are read one by one. */
const most = 20_000;
/** Rows read ahead are as old as this at most: another process may have removed what they tell of. */
const validMs = 2000;

/** Any character of a name comes before it. */
const afterAll = "\u{10FFFF}";

/**
 * Finds cache entries by key. A workflow that runs again asks for most of its entries one after the other: when a good part of them was
 * found, the newest entry of each of its places is read with the next.
 */
export class CacheAhead {
  readonly #prepared: Prepared;
  readonly #rows = new Map<string, SqlRow>();
  #readAtMs = 0;
  #workflow = "";
  #found = 0;

  constructor(prepared: Prepared) {
    this.#prepared = prepared;
  }

  /** Not checked yet. */
  row(key: string): SqlRow | undefined {
    const ahead = this.#rows.size === 0 ? undefined : this.#rows.get(key);
    if (ahead !== undefined && performance.now() - this.#readAtMs < validMs) return ahead;
    const found = this.#prepared.sql(`SELECT ${cacheSelect} FROM cache WHERE key=?`).get([key]);
    if (typeof found?.["place"] === "string") this.#count(found["place"]);
    return found;
  }

  /** The entry was written or removed by this process. */
  forget(key: string): void {
    this.#rows.delete(key);
  }

  #count(place: string): void {
    const workflow = place.slice(0, place.indexOf("/") + 1);
    if (workflow !== this.#workflow) this.#found = 0;
    this.#workflow = workflow;
    this.#found += 1;
    if (workflow === "" || this.#found < fewest || !Number.isInteger(Math.log2(this.#found))) return;
    const range = [workflow, workflow + afterAll];
    const counted = this.#prepared
      .sql(`SELECT count(*) AS found FROM (SELECT 1 FROM cache WHERE place>=? AND place<? LIMIT ${most + 1})`)
      .get(range)?.["found"];
    if (typeof counted === "number" && counted <= Math.min(most, this.#found * share)) this.#readAll(range);
  }

  #readAll(range: readonly string[]): void {
    const newest = "SELECT max(num) FROM cache WHERE place>=? AND place<? GROUP BY place";
    this.#rows.clear();
    for (const row of this.#prepared.sql(`SELECT ${cacheSelect} FROM cache WHERE num IN (${newest})`).all(range))
      if (typeof row["key"] === "string") this.#rows.set(row["key"], row);
    this.#readAtMs = performance.now();
    this.#found = 0;
  }
}
