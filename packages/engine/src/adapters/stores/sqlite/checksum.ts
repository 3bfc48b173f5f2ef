import { crc32 } from "node:zlib";
import type { SqlRow } from "./driver.js";

/** Checksum of a row over the named columns, in the order given. */
export function rowSum(values: readonly unknown[]): number {
  return crc32(JSON.stringify(values));
}

export function fits(row: SqlRow, columns: readonly string[]): boolean {
  return row["sum"] === rowSum(columns.map((column) => row[column]));
}

/** Where the chain of a run's events starts: rows of one run are never taken for another's. */
export function chainStart(runId: string): number {
  return crc32(runId);
}

/** The chain after one more row of events: it covers every row before it. */
export function chainOn(chain: number, body: string): number {
  return crc32(body, chain);
}

/** Checksum of a row of numbers. */
export function numberSum(...numbers: readonly number[]): number {
  return crc32(new Uint8Array(Float64Array.from(numbers).buffer));
}
