import { type SqliteConnection, type SqliteDriver, type SqliteStatement, type SqlValue, withText } from "./driver.js";

type NodeStatement = {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): Record<string, unknown> | undefined;
  all(...values: SqlValue[]): Record<string, unknown>[];
  setReadBigInts(toggle: boolean): void;
};
type NodeDatabase = { exec(sql: string): void; prepare(sql: string): NodeStatement; close(): void };
type NodeSqlite = {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly: boolean }) => NodeDatabase;
};

const corrupt = 11;

/** The driver over `node:sqlite`; undefined where Node does not have it (before 22.13). */
export function nodeDriver(): SqliteDriver | undefined {
  const sqlite = withoutExperimentalWarning(() => process.getBuiltinModule("node:sqlite") as NodeSqlite | undefined);
  if (sqlite?.DatabaseSync === undefined) return undefined;
  const { DatabaseSync } = sqlite;
  const open: SqliteDriver["open"] = (path, access) =>
    connection(access === "read" ? new DatabaseSync(path, { readOnly: true }) : new DatabaseSync(path));
  return { name: "node", open, resultCode };
}

function connection(database: NodeDatabase): SqliteConnection {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statement(database.prepare(sql)),
    exactRows: (sql, values) => {
      const prepared = database.prepare(sql);
      prepared.setReadBigInts(true);
      return prepared.all(...values);
    },
    close: () => database.close(),
  };
}

function statement(prepared: NodeStatement): SqliteStatement {
  return {
    run: (values) => Number(prepared.run(...values).changes),
    get: (values) => {
      const row = prepared.get(...values);
      return row === undefined ? undefined : withText(row);
    },
    all: (values) => prepared.all(...values).map(withText),
  };
}

function resultCode(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  // A number no healthy journal holds.
  if (code === "ERR_OUT_OF_RANGE") return corrupt;
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** Node says once per process that SQLite is experimental; the store's format does not depend on Node's API. */
function withoutExperimentalWarning<Value>(load: () => Value): Value {
  const emitWarning = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
