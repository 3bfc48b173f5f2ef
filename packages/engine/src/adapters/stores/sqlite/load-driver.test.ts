import { afterEach, describe, expect, it, vi } from "vitest";
import { availableDrivers } from "../../../testing/sqlite-drivers.js";
import { loadDriver } from "./load-driver.js";

describe("SQLite drivers", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("node:sqlite is taken where this Node has it, libsql where not", async () => {
    expect((await loadDriver()).name).toBe(availableDrivers.includes("node") ? "node" : "libsql");
  });

  it("the environment forces one, and a wrong name is refused", async () => {
    vi.stubEnv("NANOBRAIN_SQLITE", "libsql");
    expect((await loadDriver()).name).toBe("libsql");
    vi.stubEnv("NANOBRAIN_SQLITE", "mysql");
    await expect(loadDriver()).rejects.toMatchObject({ code: "E_USAGE" });
  });

  it.each(availableDrivers)("%s: values, changes and result codes are the same", async (name) => {
    const driver = await loadDriver(name);
    const connection = driver.open(":memory:");
    connection.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c INTEGER) STRICT");
    const insert = connection.prepare("INSERT INTO t VALUES(?,?,?)");
    expect(insert.run([1, "ünï \u0000 x", null])).toBe(1);
    expect(insert.run([2, "", 4_294_967_295])).toBe(1);
    expect(connection.prepare("UPDATE t SET b='y'").run([])).toBe(2);
    expect(
      connection
        .prepare("SELECT a,c FROM t ORDER BY a")
        .all([])
        .map(({ a, c }) => [a, c]),
    ).toEqual([
      [1, null],
      [2, 4_294_967_295],
    ]);
    expect(connection.prepare("SELECT a FROM t WHERE a=?").get([3])).toBeUndefined();
    const codeOf = (action: () => unknown): number | undefined => {
      try {
        action();
        return 0;
      } catch (error) {
        return driver.resultCode(error);
      }
    };
    expect(codeOf(() => insert.run([1, "x", null]))).toBe(19);
    expect(codeOf(() => connection.exec("nonsense"))).toBe(1);
    expect(codeOf(() => driver.open("/nonexistent/folder/x.db").exec("SELECT 1 FROM sqlite_schema"))).toBe(14);
    expect(driver.resultCode(new Error("other"))).toBeUndefined();
    connection.close();
  });
});
