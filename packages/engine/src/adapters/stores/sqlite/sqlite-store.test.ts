import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import { storeConformance } from "../../../testing/store-conformance.js";
import { openSqliteStore } from "./sqlite-store.js";

for (const driver of availableDrivers) {
  storeConformance(`SQLite (${driver})`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "nanobrain-store-"));
    const open = () => openSqliteStore({ folder, driver });
    const first = await open();
    let last = first;
    return {
      store: first,
      reopen: async () => {
        await last.close();
        last = await open();
        return last;
      },
      cleanup: async () => {
        await last.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
}
