import { crc32 } from "node:zlib";
import type { SqlRow } from "./driver.js";

/** Checksum of a row over the named columns, in the order given. */
export function rowSum(values: readonly unknown[]): number {
  return crc32(JSON.stringify(values));
}

/** Checksum of a row that ends in a text, which may be long. */
export function textSum(keys: readonly unknown[], body: string): number {
  return crc32(body, rowSum(keys));
}

export function fits(row: SqlRow, columns: readonly string[]): boolean {
  return row["sum"] === rowSum(columns.map((column) => row[column]));
}

/** Where the chain of a run's events starts: rows of one run are never taken for another's. */
export function chainStart(runId: string): number {
  return crc32(runId);
}

/** The chain after one more row of events: it covers every row before it. */
export function chainOn(chain: number, body: string | Uint8Array): number {
  return crc32(body, chain);
}

const bytes = new Uint8Array(32);
const view = new DataView(bytes.buffer);

/** Checksum of four numbers of a row. */
export function numberSum(first: number, second: number, third: number, fourth: number): number {
  view.setFloat64(0, first);
  view.setFloat64(8, second);
  view.setFloat64(16, third);
  view.setFloat64(24, fourth);
  return crc32(bytes);
}
