import { nanobrainError } from "../../../errors/nanobrain-error.js";
import type { SqliteConnection, SqliteDriver } from "./driver.js";
import { openFault, storeFault } from "./faults.js";
import { JournalReader } from "./journal-reader.js";
import { Prepared } from "./prepared.js";
import { adoptFormat, checkFormat, createSchema } from "./schema.js";
import { fileSizeBytes } from "./store-folder.js";

/** An open journal file: its statements and what reads it. */
export type JournalConnection = { readonly prepared: Prepared; readonly reader: JournalReader };

const largeBytes = 256 * 1024 * 1024;
/** A damaged or foreign file may neither run code nor lead SQLite astray. */
const careful =
  "PRAGMA busy_timeout=5000; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY";
/** When the log is copied into the file is the journal's to say: heads go first. */
const durable =
  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864";

/**
 * Opens a journal for writing, which only the holder of its lock may do; an empty file becomes a journal. `check`: the
 * last writer may have died in the middle of something, so the file's structure is examined first.
 */
export function openForWriting(driver: SqliteDriver, file: string, check: "trusted" | "examine"): JournalConnection {
  return opened(driver, file, "alone", (connection) => {
    connection.exec(`${careful}; ${durable}`);
    const found = checkFormat(connection, file);
    if (found === "empty") createSchema(connection);
    else if (check === "examine") examine(connection, file);
    if (found === "older") adoptFormat(connection);
  });
}

/** Opens a journal for reading, whoever writes it. Undefined: its owner has not finished making it. */
export function openForReading(driver: SqliteDriver, file: string): JournalConnection | undefined {
  let state = "ready" as ReturnType<typeof checkFormat>;
  const journal = opened(driver, file, "others", (connection) => {
    connection.exec(`${careful}; PRAGMA query_only=ON`);
    // One state of the file, though its owner may be making it right now.
    connection.exec("BEGIN");
    state = checkFormat(connection, file);
    connection.exec("COMMIT");
  });
  if (state !== "empty") return journal;
  journal.prepared.connection.close();
  return undefined;
}

/** Copies all that was committed from the log into the file and syncs both. Fails when that cannot be done now. */
export function settleOnDisk(connection: SqliteConnection, file: string): void {
  const row = connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get([]);
  if (row?.["busy"] !== 0) throw nanobrainError("E_STORE_LOCKED", { file, what: "another program keeps it busy" });
}

function opened(
  driver: SqliteDriver,
  file: string,
  writers: "alone" | "others",
  prepare: (connection: SqliteConnection) => void,
): JournalConnection {
  let connection: SqliteConnection | undefined;
  try {
    connection = driver.open(file);
    prepare(connection);
  } catch (error) {
    closeQuietly(connection);
    throw openFault(driver, file, error);
  }
  const prepared = new Prepared(connection, (error) => storeFault(driver, file, error));
  return { prepared, reader: new JournalReader(prepared, file, writers) };
}

/** Of a large file only the table of counts: all of it takes long, and rows have their checksums. */
function examine(connection: SqliteConnection, file: string): void {
  const check = fileSizeBytes(file) > largeBytes ? "pragma_quick_check('meta')" : "pragma_quick_check";
  const found = connection.prepare(`SELECT CAST(quick_check AS BLOB) AS found FROM ${check} LIMIT 1`).get([])?.[
    "found"
  ];
  if (found !== "ok") throw nanobrainError("E_STORE_DAMAGED", { file, what: String(found) });
}

/** Ends a transaction that failed; SQLite may have ended it already. */
export function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec("ROLLBACK");
  } catch {
    // There is none any more.
  }
}

/** For connections that are given up because something failed already. */
export function closeQuietly(connection: SqliteConnection | undefined): void {
  if (connection === undefined) return;
  rollBack(connection);
  try {
    connection.close();
  } catch {
    // What made it fail has been reported.
  }
}
