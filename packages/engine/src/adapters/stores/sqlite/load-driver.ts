import { nanobrainError } from "../../../errors/nanobrain-error.js";
import type { SqliteDriver } from "./driver.js";

/**
 * `node:sqlite` where this Node has it, else `libsql`. `force` (default: environment NANOBRAIN_SQLITE) names one and
 * fails with E_STORE_LOCKED when it is not there.
 */
export async function loadDriver(force = process.env["NANOBRAIN_SQLITE"]): Promise<SqliteDriver> {
  if (force !== undefined && force !== "" && force !== "node" && force !== "libsql") {
    throw nanobrainError("E_USAGE", { problem: `NANOBRAIN_SQLITE is ${force}: node or libsql is expected` });
  }
  const { nodeDriver } = await import("./node-driver.js");
  const driver = force === "libsql" ? undefined : nodeDriver();
  if (driver !== undefined) return driver;
  if (force === "node") {
    throw nanobrainError("E_STORE_LOCKED", { file: "node:sqlite", what: `Node ${process.version} does not have it` });
  }
  const { libsqlDriver } = await import("./libsql-driver.js");
  return libsqlDriver();
}
