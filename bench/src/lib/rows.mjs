// Medians of what the rounds gave, one row for each contestant.
import { median } from "./stats.mjs";

/** Best first; `x floor` compares with the floor of the shape. */
export function rowsOf(definition, shape, results) {
  const rows = [...results].flatMap(([contestant, all]) => rowOf(definition, contestant, all));
  return ranked(rows, definition.key, definition.better ?? "low", shape.floor ?? definition.floor);
}

export function ranked(rows, key, better, floor) {
  const reference = rows.find((row) => row.contestant === floor)?.[key];
  for (const row of rows) {
    if (row[key] === undefined || reference === undefined) continue;
    row["x floor"] = better === "low" ? row[key] / reference : reference / row[key];
  }
  const rank = (row) => row["x floor"] ?? (row[key] === undefined ? 1e99 : 1e9);
  return rows.sort((a, b) => rank(a) - rank(b));
}

function rowOf({ columns }, contestant, all) {
  const good = all.filter((one) => one.error === undefined && one.skip === undefined);
  const failed = all.find((one) => one.error !== undefined);
  const [first] = good;
  if (first === undefined || failed !== undefined)
    return failed === undefined ? [] : [{ contestant, failed: failed.error }];
  const values = columns.map((column) => {
    const value = typeof first[column] === "number" ? median(good.map((one) => one[column])) : first[column];
    return [column, value];
  });
  const note = first.note === undefined ? {} : { note: first.note };
  return [{ contestant, version: first.version, rounds: good.length, ...Object.fromEntries(values), ...note }];
}
