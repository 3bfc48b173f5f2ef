import type { Json, JsonObject } from "@nanobrain/engine";
import type { SourceOutcome } from "./collect-sources.js";
import { isMap } from "./source-entries.js";

/**
 * The records that were given, with what was fetched for them in their fields; behind them the rows of the other sources. Rows that
 * are no maps become `{ value }`. What was fetched for a record that is not there becomes a record of its own.
 */
export function joinRecords(
  given: readonly Json[],
  outcomes: readonly SourceOutcome[],
  sourceField: string | undefined,
): readonly Json[] {
  const fields = new Map<string, [string, Json][]>();
  const known = new Set(
    given.flatMap((record) => (isMap(record) && typeof record["id"] === "string" ? [record["id"]] : [])),
  );
  const own: Json[] = [];
  for (const { entry, rows } of outcomes) {
    if (rows.length === 0) continue;
    if (entry.record !== undefined && known.has(entry.record)) {
      const value = rows.length === 1 ? (rows[0] as Json) : (rows as Json);
      fields.set(entry.record, [...(fields.get(entry.record) ?? []), [entry.as, value]]);
    } else for (const row of rows) own.push(recordOf(row, entry.id, sourceField));
  }
  const filled = given.map((record) => {
    const added = isMap(record) ? fields.get(String(record["id"])) : undefined;
    return added === undefined ? record : ({ ...(record as JsonObject), ...Object.fromEntries(added) } as JsonObject);
  });
  return [...filled, ...own];
}

function recordOf(row: Json, source: string, sourceField: string | undefined): Json {
  const record = isMap(row) ? row : { value: row };
  return sourceField === undefined ? record : { ...record, [sourceField]: source };
}
