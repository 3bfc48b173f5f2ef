import type { SqliteConnection, SqliteStatement } from "./driver.js";

/** Statements of one connection, each prepared when first used. Keys are constants of the code, never built from values. */
export class Prepared {
  readonly connection: SqliteConnection;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(connection: SqliteConnection) {
    this.connection = connection;
  }

  sql(text: string): SqliteStatement {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const prepared = this.connection.prepare(text);
    this.#statements.set(text, prepared);
    return prepared;
  }
}
