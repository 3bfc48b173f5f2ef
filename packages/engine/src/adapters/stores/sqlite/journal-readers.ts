import type { SqliteDriver } from "./driver.js";
import { closeQuietly, type JournalConnection, openForReading } from "./journal-connection.js";
import type { JournalReader } from "./journal-reader.js";
import type { StoreFolder } from "./store-folder.js";

const idleMs = 1000;

/** Connections to journals of other processes, opened when asked for and closed when nobody asked for a while. */
export class JournalReaders {
  readonly #driver: SqliteDriver;
  readonly #folder: StoreFolder;
  readonly #open = new Map<number, JournalConnection>();
  #idle: NodeJS.Timeout | undefined;

  constructor(driver: SqliteDriver, folder: StoreFolder) {
    this.#driver = driver;
    this.#folder = folder;
  }

  /** Undefined: that journal is being made, nothing is in it yet. */
  get(number: number): JournalReader | undefined {
    this.#idle ??= setTimeout(() => this.close(), idleMs).unref();
    const known = this.#open.get(number);
    if (known !== undefined) return known.reader;
    const connection = openForReading(this.#driver, this.#folder.journal(number));
    if (connection !== undefined) this.#open.set(number, connection);
    return connection?.reader;
  }

  /** To be called before the journal is opened for writing here. */
  drop(number: number): void {
    closeQuietly(this.#open.get(number)?.prepared.connection);
    this.#open.delete(number);
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    for (const number of [...this.#open.keys()]) this.drop(number);
  }
}
