import type { SqliteConnection, SqliteDriver, SqliteStatement, SqlRow, SqlValue } from "./driver.js";

type LibsqlStatement = {
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): SqlRow | undefined;
  all(values: readonly SqlValue[]): SqlRow[];
};
type LibsqlDatabase = { exec(sql: string): void; prepare(sql: string): LibsqlStatement; close(): void };

/** The driver over `libsql`, loaded when first asked for. */
export async function libsqlDriver(): Promise<SqliteDriver> {
  const library: unknown = (await import("libsql")).default;
  const Database = library as new (path: string) => LibsqlDatabase;
  return { name: "libsql", open: (path) => connection(new Database(path)), resultCode };
}

function connection(database: LibsqlDatabase): SqliteConnection {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statement(database.prepare(sql)),
    close: () => database.close(),
  };
}

/** Values go in as one list: libsql takes a lone argument that is null for a list. */
function statement(prepared: LibsqlStatement): SqliteStatement {
  return {
    run: (values) => prepared.run(values).changes,
    get: (values) => prepared.get(values),
    all: (values) => prepared.all(values),
  };
}

function resultCode(error: unknown): number | undefined {
  const { code, rawCode } = error as { readonly code?: unknown; readonly rawCode?: unknown };
  if (typeof code !== "string" || !code.startsWith("SQLITE_")) return undefined;
  return typeof rawCode === "number" ? rawCode & 0xff : 1;
}
