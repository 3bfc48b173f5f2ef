import type { SqliteConnection, SqliteDriver, SqliteStatement, SqlRow, SqlValue } from "./driver.js";

type NodeStatement = {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): SqlRow | undefined;
  all(...values: SqlValue[]): SqlRow[];
};
type NodeDatabase = { exec(sql: string): void; prepare(sql: string): NodeStatement; close(): void };
type NodeSqlite = { readonly DatabaseSync: new (path: string) => NodeDatabase };

/** The driver over `node:sqlite`; undefined where Node does not have it (before 22.13). */
export function nodeDriver(): SqliteDriver | undefined {
  const sqlite = withoutExperimentalWarning(() => process.getBuiltinModule("node:sqlite") as NodeSqlite | undefined);
  if (sqlite?.DatabaseSync === undefined) return undefined;
  const { DatabaseSync } = sqlite;
  return { name: "node", open: (path) => connection(new DatabaseSync(path)), resultCode };
}

function connection(database: NodeDatabase): SqliteConnection {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statement(database.prepare(sql)),
    close: () => database.close(),
  };
}

function statement(prepared: NodeStatement): SqliteStatement {
  return {
    run: (values) => Number(prepared.run(...values).changes),
    get: (values) => prepared.get(...values),
    all: (values) => prepared.all(...values),
  };
}

function resultCode(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
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
