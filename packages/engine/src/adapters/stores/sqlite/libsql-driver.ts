import { type SqliteConnection, type SqliteDriver, type SqliteStatement, type SqlValue, withText } from "./driver.js";

type LibsqlStatement = {
  run(values: readonly SqlValue[]): { readonly changes: number };
  get(values: readonly SqlValue[]): Record<string, unknown> | undefined;
  all(values: readonly SqlValue[]): Record<string, unknown>[];
  safeIntegers(toggle: boolean): LibsqlStatement;
};
type LibsqlDatabase = { exec(sql: string): void; prepare(sql: string): LibsqlStatement; close(): void };

/** The driver over `libsql`, loaded when first asked for. */
export async function libsqlDriver(): Promise<SqliteDriver> {
  const library: unknown = (await import("libsql")).default;
  const Database = library as new (path: string) => LibsqlDatabase;
  const open: SqliteDriver["open"] = (path, access) => {
    const opened = connection(new Database(path));
    if (access === "read") opened.exec("PRAGMA query_only = ON");
    return opened;
  };
  return { name: "libsql", open, resultCode };
}

function connection(database: LibsqlDatabase): SqliteConnection {
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => statement(database.prepare(sql)),
    exactRows: (sql, values) => database.prepare(sql).safeIntegers(true).all(values),
    close: () => database.close(),
  };
}

/** Values go in as one list: libsql takes a lone argument that is null for a list. */
function statement(prepared: LibsqlStatement): SqliteStatement {
  return {
    run: (values) => prepared.run(values).changes,
    get: (values) => {
      const row = prepared.get(values);
      return row === undefined ? undefined : withText(row);
    },
    all: (values) => prepared.all(values).map(withText),
  };
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, rawCode } = error as { readonly code?: unknown; readonly rawCode?: unknown };
  if (typeof code === "string" && code.startsWith("SQLITE_")) return typeof rawCode === "number" ? rawCode & 0xff : 1;
  // A file that cannot be opened: the number is in the text only.
  const opening = /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message)?.[1];
  return opening === undefined ? undefined : Number(opening) & 0xff;
}
