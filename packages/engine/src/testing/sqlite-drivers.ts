import type { DriverName } from "../adapters/stores/sqlite/driver.js";
import { nodeDriver } from "../adapters/stores/sqlite/node-driver.js";

/** The drivers this Node can run: `libsql` always, `node` from 22.13 on. */
export const availableDrivers: readonly DriverName[] = nodeDriver() === undefined ? ["libsql"] : ["libsql", "node"];
