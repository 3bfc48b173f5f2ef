import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { rowSum } from "./checksum.js";
import type { SqliteConnection } from "./driver.js";
import { damagedRow } from "./faults.js";

/** "NBRN" in the file's header. */
const applicationId = 0x4e42524e;
/** 3: the text of a large plan may be packed. */
const formatVersion = 3;
const oldestReadable = 2;

/** Runs that are still to be ended. Word for word in queries, so that SQLite uses the index. */
export const unfinishedRuns = "status NOT IN ('completed','failed','cancelled')";

/**
 * One journal. `runs.num` numbers the runs of this file and is never used again. A row of `events` is what one commit
 * added to one run: a JSON list, keyed by the number of its first event, with a checksum that covers all rows before it;
 * `heads` says where a run ends, so that a row missing at the end is noticed too. While a run goes on its head may be
 * behind its rows, but never behind those that are in the file itself and no longer in the log (WAL), which has checksums
 * of its own. `meta` counts the rows of `runs`. Pruning deletes a run's rows and lowers the counts.
 */
const statements = [
  "CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK(one=1),epoch INTEGER NOT NULL,next INTEGER NOT NULL,runs INTEGER NOT NULL,unfinished INTEGER NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE TABLE runs(num INTEGER PRIMARY KEY,id TEXT NOT NULL UNIQUE,name TEXT NOT NULL UNIQUE,workflow TEXT NOT NULL,plan TEXT NOT NULL,status TEXT NOT NULL,created_at INTEGER NOT NULL,ended_at INTEGER,sum INTEGER NOT NULL) STRICT",
  `CREATE INDEX runs_unfinished ON runs(num) WHERE ${unfinishedRuns}`,
  "CREATE TABLE heads(run INTEGER PRIMARY KEY,seq INTEGER NOT NULL,chain INTEGER NOT NULL,logs INTEGER NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE TABLE events(num INTEGER PRIMARY KEY,run INTEGER NOT NULL,first INTEGER NOT NULL,last INTEGER NOT NULL,body TEXT NOT NULL,chain INTEGER NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE UNIQUE INDEX events_of_run ON events(run,first)",
  "CREATE TABLE plans(hash TEXT NOT NULL UNIQUE,body TEXT NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE TABLE cache(num INTEGER PRIMARY KEY,key TEXT NOT NULL UNIQUE,place TEXT NOT NULL,body TEXT NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE INDEX cache_of_place ON cache(place,num)",
  "CREATE TABLE logs(num INTEGER PRIMARY KEY,run INTEGER NOT NULL,body TEXT NOT NULL,sum INTEGER NOT NULL) STRICT",
  "CREATE INDEX logs_of_run ON logs(run,num)",
] as const;

/** Makes the tables of a new journal, all or none. */
export function createSchema(connection: SqliteConnection): void {
  connection.exec("BEGIN IMMEDIATE");
  for (const statement of statements) connection.exec(statement);
  connection.exec(`INSERT INTO meta VALUES(1,0,1,0,0,${rowSum([0, 1, 0, 0])})`);
  connection.exec(`PRAGMA application_id=${applicationId}; PRAGMA user_version=${formatVersion}; COMMIT`);
}

/** From now on older versions refuse the file, which they would misread. Its rows stay: this version reads them as they are. */
export function adoptFormat(connection: SqliteConnection): void {
  connection.exec(`PRAGMA user_version=${formatVersion}`);
}

/**
 * Whether the file is an empty one (a process died while making it), a journal of this version, or one of an older version that this
 * one reads and whose format its writer has to adopt. Fails with
 * E_STORE_NEWER, E_STORE_OLDER or E_STORE_DAMAGED; tables and indexes must be exactly ours, so a file with triggers or views is refused.
 */
export function checkFormat(connection: SqliteConnection, file: string): "empty" | "older" | "ready" {
  const found = Number(connection.prepare("PRAGMA user_version").get([])?.["user_version"]);
  const application = Number(connection.prepare("PRAGMA application_id").get([])?.["application_id"]);
  const schema = connection
    .prepare("SELECT CAST(sql AS BLOB) AS sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
    .all([]);
  if (found === 0 && application === 0 && schema.length === 0) return "empty";
  if (application !== applicationId) {
    throw nanobrainError("E_STORE_DAMAGED", { file, what: "its header is not that of a NanoBrain journal" });
  }
  if (found > formatVersion) throw nanobrainError("E_STORE_NEWER", { file, found, known: formatVersion });
  if (found > 0 && found < oldestReadable) {
    throw nanobrainError("E_STORE_OLDER", { file, found, known: oldestReadable });
  }
  // In any order: giving room back (VACUUM) puts tables before indexes.
  const texts = new Set(schema.map((row) => row["sql"]));
  const same = schema.length === statements.length && statements.every((sql) => texts.has(sql));
  if (found <= 0 || !same) throw damagedRow(file, "sqlite_schema", 0, "its tables are not those of a journal");
  return found < formatVersion ? "older" : "ready";
}
