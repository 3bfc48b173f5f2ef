import { afterAll, beforeAll, expect, test } from "vitest";
import { type EchoServer, startEcho } from "./secrets/echo-server.js";
import { scenarios } from "./secrets/scenarios.js";
import { Workbench } from "./secrets/workbench.js";

let echo: EchoServer;
beforeAll(async () => {
  echo = await startEcho();
});
afterAll(() => echo.close());

/** A part of the campaign `secrets`. */
const some = ["http: echoed in bodies, keys, headers, redirects, refusals", "lines of faulty documents"];

test.each(some)("secrets, %s: in nothing that was written", async (name) => {
  const bench = new Workbench(echo.url);
  try {
    expect(await scenarios[name]?.(bench)).toEqual([]);
    expect(bench.leaks()).toEqual([]);
  } finally {
    bench.close();
  }
});

test("a rig that cannot see a leak is broken: a mask that reads no quoting is noticed", async () => {
  const bench = new Workbench(echo.url, ["values/secret-mask.js", "mayHold(text) ? readingsOf(text)", "false ? []"]);
  try {
    await bench.run("run", "http.yml");
    expect(bench.leaks()).not.toEqual([]);
  } finally {
    bench.close();
  }
});
