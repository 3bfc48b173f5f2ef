export type SqlValue = string | number | null;
/** Columns by name, not yet checked: a damaged file can hold anything. Bytes have been read as UTF-8 text. */
export type SqlRow = { readonly [column: string]: unknown };

export interface SqliteStatement {
  /** Number of rows changed. */
  run(values: readonly SqlValue[]): number;
  get(values: readonly SqlValue[]): SqlRow | undefined;
  all(values: readonly SqlValue[]): readonly SqlRow[];
}

export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  /** Rows as they are: bytes are bytes, and integers are `bigint`, however large. */
  exactRows(sql: string, values: readonly SqlValue[]): readonly SqlRow[];
  close(): void;
}

export type DriverName = "node" | "libsql";

/** The part of SQLite the store needs, synchronous, with errors thrown as the library throws them. */
export interface SqliteDriver {
  readonly name: DriverName;
  /** `read`: what is there is read and nothing is written, as far as the library can. */
  open(path: string, access?: "read"): SqliteConnection;
  /** SQLite's primary result code (5 busy, 10 I/O error, 13 full, ...); undefined: not an error of SQLite. */
  resultCode(error: unknown): number | undefined;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of what is no UTF-8 fits no checksum. */
export function textOf(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Turns the bytes among a row's values into text, but for the column `bytes`. */
export function withText(row: Record<string, unknown>): SqlRow {
  for (const column in row) {
    const value = row[column];
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    if (bytes instanceof Uint8Array) row[column] = column === "bytes" ? bytes : textOf(bytes);
  }
  return row;
}
