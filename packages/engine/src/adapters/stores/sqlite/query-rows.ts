import type { Json, JsonObject } from "../../../contracts/json.js";
import type { SqlRow, SqlValue } from "./driver.js";

/**
 * The rows of one query on a database file that is only read; at most `mostRows`. Bytes come as Base64,
 * integers that JSON cannot hold as text. Blocks the event loop while SQLite works. Throws what SQLite throws.
 */
export async function queryRows(
  path: string,
  sql: string,
  parameters: readonly SqlValue[],
  mostRows: number,
): Promise<readonly JsonObject[]> {
  const { loadDriver } = await import("./load-driver.js");
  const connection = (await loadDriver()).open(path, "read");
  try {
    return connection.exactRows(`SELECT * FROM (${sql}\n) LIMIT ${mostRows}`, parameters).map(plainRow);
  } finally {
    connection.close();
  }
}

function plainRow(row: SqlRow): JsonObject {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, plainValue(value)]));
}

function plainValue(value: unknown): Json {
  if (value instanceof ArrayBuffer) return plainValue(new Uint8Array(value));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? null : (value as Json);
}
