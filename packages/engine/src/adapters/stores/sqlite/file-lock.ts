import type { SqliteConnection, SqliteDriver } from "./driver.js";
import { isBusy, storeFault } from "./faults.js";

/**
 * A lock of the operating system on a file, through SQLite: an open exclusive transaction on an empty database. It ends
 * with its process however that ends, and a file left behind blocks nobody. Never open such a file by other means in a
 * process that holds it: closing any handle of it would drop the lock (POSIX).
 */
export class FileLock {
  readonly #driver: SqliteDriver;
  readonly #path: string;
  #connection: SqliteConnection | undefined;

  /** The file must exist. */
  constructor(driver: SqliteDriver, path: string) {
    this.#driver = driver;
    this.#path = path;
  }

  /** True: held from now on. False: someone else has it, or looks at it this instant. */
  tryTake(): boolean {
    return this.#attempt("BEGIN EXCLUSIVE");
  }

  /** Whether someone else holds it. */
  isTaken(): boolean {
    return !this.#attempt("SELECT count(*) FROM sqlite_schema");
  }

  release(): void {
    this.#connection?.exec("ROLLBACK");
  }

  /** Releases the lock if it is held. */
  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection === undefined) return;
    try {
      connection.exec("ROLLBACK");
    } catch {
      // Not held.
    }
    connection.close();
  }

  #attempt(sql: string): boolean {
    try {
      this.#connection ??= this.#driver.open(this.#path);
      this.#connection.exec(`PRAGMA busy_timeout=0; PRAGMA journal_mode=MEMORY; ${sql}`);
      return true;
    } catch (error) {
      if (isBusy(this.#driver, error)) return false;
      throw storeFault(this.#driver, this.#path, error);
    }
  }
}
