import { type NanobrainError, nanobrainError } from "../../../errors/nanobrain-error.js";
import type { SqliteDriver } from "./driver.js";

const sqlError = 1;
const busy = 5;
const locked = 6;
const full = 13;
const corrupt = 11;
const notADatabase = 26;
const ioError = 10;
const readOnly = 8;
const cannotOpen = 14;
const constraint = 19;

export function isBusy(driver: SqliteDriver, error: unknown): boolean {
  const code = driver.resultCode(error);
  return code === busy || code === locked;
}

/** The catalogue's error for what SQLite threw while `file` was used. Errors that are neither SQLite's nor the file system's come back as they are. */
export function storeFault(driver: SqliteDriver, file: string, error: unknown): unknown {
  const code = driver.resultCode(error);
  if (code === undefined) return fileFault(file, error);
  const details = { file, what: error instanceof Error ? error.message : String(error) };
  const options = { cause: error };
  switch (code) {
    case full:
      return nanobrainError("E_STORE_FULL", details, options);
    case corrupt:
    case notADatabase:
      return nanobrainError("E_STORE_DAMAGED", details, options);
    case busy:
    case locked:
      return nanobrainError("E_STORE_LOCKED", { file, what: "another program holds a lock on it" }, options);
    case constraint:
      return nanobrainError("E_STORE_LOCKED", { file, what: "another process has written to the same run" }, options);
    case ioError:
    case readOnly:
    case cannotOpen:
      return nanobrainError("E_STORE_IO", details, options);
    default:
      return nanobrainError("E_INTERNAL", { what: `${details.what} (SQLite code ${code}, ${file})` }, options);
  }
}

/** The same for what the file system's functions throw. */
export function fileFault(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return nanobrainError(isFull ? "E_STORE_FULL" : "E_STORE_IO", { file, what: message }, { cause: error });
}

/** The same while a file is opened: there, SQL that cannot be run means a file that is not what it should be. */
export function openFault(driver: SqliteDriver, file: string, error: unknown): unknown {
  if (driver.resultCode(error) !== sqlError) return storeFault(driver, file, error);
  return nanobrainError("E_STORE_DAMAGED", { file, what: (error as Error).message }, { cause: error });
}

/** A row whose content does not fit its checksum, or its neighbours. `row` is what the table is keyed by. */
export function damagedRow(file: string, table: string, row: string | number, what: string): NanobrainError {
  return nanobrainError("E_STORE_DAMAGED", { file, table, row, what: `table ${table}, row ${row}: ${what}` });
}
