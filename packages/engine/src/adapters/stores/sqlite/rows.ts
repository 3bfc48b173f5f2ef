import type { RunRecord, RunStatus } from "../../../contracts/store.js";
import { fits, numberSum, rowSum, textSum } from "./checksum.js";
import type { SqlRow, SqlValue } from "./driver.js";
import { damagedRow } from "./faults.js";
import { unfinishedRuns } from "./schema.js";

/** Where a run's journal ends: its last event, the checksum chain up to there, and how many rows of logs it has. */
export type Head = { readonly num: number; readonly seq: number; readonly chain: number; readonly logs: number };

/** The counts of one journal. `next` is the number of the next run; `epoch` the fencing number of who writes. */
export type Meta = {
  readonly epoch: number;
  readonly next: number;
  readonly runs: number;
  readonly unfinished: number;
};

/** A run as its rows say it. `saved` is its row of `heads`, which may be behind its events while it goes on. */
export type StoredRun = { readonly head: Head; readonly saved: Head; readonly record: RunRecord };

/** One row of `events` without its text. */
export type Link = { readonly first: number; readonly last: number; readonly chain: number };

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
const linkColumns = { num: "INTEGER", run: "INTEGER", first: "INTEGER", last: "INTEGER", chain: "INTEGER" } as const;
const tailSelect = select("tail", { ...linkColumns, sum: "INTEGER" }, "t_");
const tailOf = `SELECT num FROM events WHERE run=runs.num AND runs.${unfinishedRuns} ORDER BY first DESC LIMIT 1`;
/** Everything of runs, their heads, and the last events of those that go on, up to WHERE. */
export const runsWithHeads = `SELECT ${runSelect},${headSelect},${tailSelect} FROM runs LEFT JOIN heads ON heads.run=runs.num LEFT JOIN events AS tail ON tail.num=(${tailOf})`;
export const runsBehind = `SELECT CAST(runs.id AS BLOB) AS id FROM runs JOIN heads ON heads.run=runs.num JOIN events AS tail ON tail.num=(${tailOf}) WHERE runs.${unfinishedRuns} AND tail.last>heads.seq`;
export const allRuns = "SELECT count(*) AS found FROM runs NOT INDEXED";
const inIndex = (column: string, number: number) =>
  `EXISTS (SELECT 1 FROM runs AS found INDEXED BY sqlite_autoindex_runs_${number} WHERE found.${column}=runs.${column} AND found.num=runs.num)`;
/** A run that is not found by its id, or not by its name. */
export const runsHidden = `SELECT CAST(runs.id AS BLOB) AS id FROM runs NOT INDEXED WHERE NOT (${inIndex("id", 1)} AND ${inIndex("name", 2)}) LIMIT 1`;
export const linkSelect = select("events", linkColumns);
export const eventSelect = `${linkSelect},CAST(events.body AS BLOB) AS bytes`;
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

/** The columns of `events` behind `num`, checksum included. */
export function eventValues(run: number, { first, last, chain }: Link, body: string): SqlValue[] {
  return [run, first, last, body, chain, numberSum(run, first, last, chain)];
}

/** A row of `runs`, joined with its row of `heads` (columns `h_`) and its last row of `events` (`t_`, while it goes on). */
export function runOf(row: SqlRow, file: string): StoredRun {
  const { saved, record } = savedOf(row, file);
  const head = row["t_num"] === null ? saved : movedOn(row, saved, file);
  return { head, saved, record: { ...record, lastSeq: head.seq } };
}

/** The same for lists: events that are damaged do not hide their run, which is there up to where its head says. */
export function listedRun(row: SqlRow, file: string): RunRecord {
  const { saved, record } = savedOf(row, file);
  const isNewer = row["t_num"] !== null && tailFault(row, saved) === undefined;
  return isNewer ? { ...record, lastSeq: row["t_last"] as number } : record;
}

function savedOf(row: SqlRow, file: string): { readonly saved: Head; readonly record: RunRecord } {
  const num = row["num"] as number;
  if (!fits(row, runColumns)) throw damagedRow(file, "runs", num, "its checksum is wrong");
  const values = [row["h_run"], row["h_seq"], row["h_chain"], row["h_logs"]];
  if (row["h_run"] !== num || row["h_sum"] !== rowSum(values)) {
    throw damagedRow(file, "heads", num, "it is missing or its checksum is wrong");
  }
  const [, seq, chain, logs] = values as [number, number, number, number];
  return { saved: { num, seq, chain, logs }, record: recordOf(row, seq) };
}

/** The head of a run that goes on: its last row of events may be newer than its row of `heads`. */
function movedOn(row: SqlRow, saved: Head, file: string): Head {
  const fault = tailFault(row, saved);
  if (fault !== undefined) throw damagedRow(file, "events", row["t_num"] as number, fault);
  return { ...saved, seq: row["t_last"] as number, chain: row["t_chain"] as number };
}

function tailFault(row: SqlRow, saved: Head): string | undefined {
  const [run, first, last, chain] = [row["t_run"], row["t_first"], row["t_last"], row["t_chain"]] as number[];
  const sum = numberSum(run as number, first as number, last as number, chain as number);
  if (row["t_sum"] !== sum || run !== saved.num) return "its checksum is wrong";
  return (last as number) < saved.seq ? `events end at ${last}, ${saved.seq} were written` : undefined;
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
  const body = row["body"];
  const values = keys.map((key) => row[key]);
  if (typeof body === "string" && textSum(values, body) === row["sum"]) return body;
  throw damagedRow(file, table, values[0] as string | number, "its checksum is wrong");
}
