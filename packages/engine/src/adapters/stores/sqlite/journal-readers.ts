import type { SqliteDriver } from "./driver.js";
import { closeQuietly, type JournalConnection, openForReading } from "./journal-connection.js";
import type { JournalReader } from "./journal-reader.js";
import { fileIdentity, type StoreFolder } from "./store-folder.js";

type Open = JournalConnection & { readonly identity: string | undefined };

/**
 * Connections to journals of other processes, opened when first asked for and kept: there are as many as processes ran at
 * once, and a connection of libsql that had statements is only closed when they are garbage.
 */
export class JournalReaders {
  readonly #driver: SqliteDriver;
  readonly #folder: StoreFolder;
  readonly #open = new Map<number, Open>();

  constructor(driver: SqliteDriver, folder: StoreFolder) {
    this.#driver = driver;
    this.#folder = folder;
  }

  /** Undefined: that journal is being made, nothing is in it yet. */
  get(number: number): JournalReader | undefined {
    const file = this.#folder.journal(number);
    const identity = fileIdentity(file);
    const known = this.#open.get(number);
    if (known !== undefined && known.identity === identity) return known.reader;
    this.drop(number);
    if (identity === undefined) return undefined;
    const connection = openForReading(this.#driver, file);
    if (connection !== undefined) this.#open.set(number, { ...connection, identity });
    return connection?.reader;
  }

  /** To be called before the journal is opened for writing here. */
  drop(number: number): void {
    closeQuietly(this.#open.get(number)?.prepared.connection);
    this.#open.delete(number);
  }

  close(): void {
    for (const number of [...this.#open.keys()]) this.drop(number);
  }
}
