import type { SqliteConnection, SqliteStatement } from "./driver.js";

/**
 * Statements of one connection, each prepared when first used. Keys are constants of the code, never built from values.
 * What SQLite throws leaves as an error of the catalogue, made by `fault`.
 */
export class Prepared {
  readonly connection: SqliteConnection;
  readonly #fault: (error: unknown) => unknown;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(connection: SqliteConnection, fault: (error: unknown) => unknown) {
    this.connection = connection;
    this.#fault = fault;
  }

  sql(text: string): SqliteStatement {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const prepared = this.#try(() => this.connection.prepare(text));
    const statement: SqliteStatement = {
      run: (values) => this.#try(() => prepared.run(values)),
      get: (values) => this.#try(() => prepared.get(values)),
      all: (values) => this.#try(() => prepared.all(values)),
    };
    this.#statements.set(text, statement);
    return statement;
  }

  #try<Value>(action: () => Value): Value {
    try {
      return action();
    } catch (error) {
      throw this.#fault(error);
    }
  }
}
