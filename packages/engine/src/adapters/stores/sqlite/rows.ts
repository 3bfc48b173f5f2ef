import type { RunRecord, RunStatus } from "../../../contracts/store.js";
import { fits, rowSum } from "./checksum.js";
import type { SqlRow, SqlValue } from "./driver.js";
import { damagedRow } from "./faults.js";

/** Where a run's journal ends: its last event, the checksum chain up to there, and how many rows of logs it has. */
export type Head = { readonly num: number; readonly seq: number; readonly chain: number; readonly logs: number };

/** The counts of one journal. `next` is the number of the next run; `epoch` the fencing number of who writes. */
export type Meta = {
  readonly epoch: number;
  readonly next: number;
  readonly runs: number;
  readonly unfinished: number;
};

/** A run as its rows say it. */
export type StoredRun = { readonly head: Head; readonly record: RunRecord };

/**
 * A list of columns for SELECT, each cast to what it should hold. A damaged row can have text where a number belongs, or
 * text that is no UTF-8, which ends the whole process inside libsql; read as bytes it only fails its checksum.
 */
function select(table: string, columns: { readonly [column: string]: "INTEGER" | "BLOB" }, prefix = ""): string {
  const casts = Object.entries(columns).map(([name, type]) => `CAST(${table}.${name} AS ${type}) AS ${prefix}${name}`);
  return casts.join(",");
}

export const metaSelect = select("meta", {
  epoch: "INTEGER",
  next: "INTEGER",
  runs: "INTEGER",
  unfinished: "INTEGER",
  sum: "INTEGER",
});
const runTexts = { id: "BLOB", name: "BLOB", workflow: "BLOB", plan: "BLOB", status: "BLOB" } as const;
const runSelect = select("runs", {
  num: "INTEGER",
  ...runTexts,
  created_at: "INTEGER",
  ended_at: "INTEGER",
  sum: "INTEGER",
});
const headSelect = select(
  "heads",
  { run: "INTEGER", seq: "INTEGER", chain: "INTEGER", logs: "INTEGER", sum: "INTEGER" },
  "h_",
);
/** Everything of runs and their heads, up to WHERE. */
export const runsWithHeads = `SELECT ${runSelect},${headSelect} FROM runs LEFT JOIN heads ON heads.run=runs.num`;
export const eventSelect = select("events", { num: "INTEGER", seq: "INTEGER", body: "BLOB", chain: "INTEGER" });
export const planSelect = select("plans", { hash: "BLOB", body: "BLOB", sum: "INTEGER" });
export const logSelect = select("logs", { run: "INTEGER", body: "BLOB", sum: "INTEGER" });
export const cacheSelect = select("cache", { key: "BLOB", place: "BLOB", body: "BLOB", sum: "INTEGER" });

const runColumns = ["num", "id", "name", "workflow", "plan", "status", "created_at", "ended_at"];

/** The columns of `runs` in table order, checksum included. */
export function runValues(num: number, record: RunRecord): SqlValue[] {
  const { id, name, workflow, planHash, status, createdAt, endedAt } = record;
  const values = [num, id, name, workflow, planHash, status, createdAt, endedAt];
  return [...values, rowSum(values)];
}

/** The columns of `heads` in table order, checksum included. */
export function headValues({ num, seq, chain, logs }: Head): SqlValue[] {
  return [num, seq, chain, logs, rowSum([num, seq, chain, logs])];
}

/** The columns of `meta` behind `one`, checksum included. */
export function metaValues({ epoch, next, runs, unfinished }: Meta): SqlValue[] {
  return [epoch, next, runs, unfinished, rowSum([epoch, next, runs, unfinished])];
}

export function metaOf(row: SqlRow | undefined, file: string): Meta {
  if (row === undefined) throw damagedRow(file, "meta", 1, "it is missing");
  if (!fits(row, ["epoch", "next", "runs", "unfinished"])) throw damagedRow(file, "meta", 1, "its checksum is wrong");
  return row as unknown as Meta;
}

/** A row of `runs`, joined with its row of `heads` whose columns are prefixed `h_`. */
export function runOf(row: SqlRow, file: string): StoredRun {
  const num = row["num"] as number;
  if (!fits(row, runColumns)) throw damagedRow(file, "runs", num, "its checksum is wrong");
  const values = [row["h_run"], row["h_seq"], row["h_chain"], row["h_logs"]];
  if (row["h_run"] !== num || row["h_sum"] !== rowSum(values)) {
    throw damagedRow(file, "heads", num, "it is missing or its checksum is wrong");
  }
  const [, seq, chain, logs] = values as [number, number, number, number];
  return { head: { num, seq, chain, logs }, record: recordOf(row, seq) };
}

function recordOf(row: SqlRow, lastSeq: number): RunRecord {
  return {
    id: row["id"] as string,
    name: row["name"] as string,
    workflow: row["workflow"] as string,
    planHash: row["plan"] as string,
    status: row["status"] as RunStatus,
    createdAt: row["created_at"] as number,
    endedAt: row["ended_at"] as number | null,
    lastSeq,
  };
}

/** The text of a row whose checksum is over its key and its text. */
export function checkedBody(row: SqlRow, file: string, table: string, keys: readonly string[]): string {
  if (!fits(row, [...keys, "body"])) {
    throw damagedRow(file, table, row[keys[0] as string] as string | number, "its checksum is wrong");
  }
  return row["body"] as string;
}
