import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineWorkflow, Workflow } from "../../index.js";
import { createTestRuntime, type RecordedHttp, recordHttp } from "../index.js";

let folder = "";
let server: Server;
let address = "";
let asked: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-recorded-"));
  asked = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.setHeader("content-type", "application/json");
      const body = Buffer.concat(parts).toString("utf8");
      response.end(
        JSON.stringify({
          number: asked.length,
          body,
          access_token: "abcdef",
          seen: request.headers.authorization ?? "",
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

async function ask(http: RecordedHttp, path: string, body: string, token = "t0k3n-value") {
  await using runtime = await createTestRuntime({ http, secrets: { TOKEN: token } });
  const flow = defineWorkflow({
    name: "flow",
    input_data_units: { body: z.string() },
    steps: {
      call: {
        class: "HttpStep",
        config: {
          method: "POST",
          url: `${address}${path}`,
          headers: { authorization: "Bearer ${secret:TOKEN}" },
          allow_hosts: ["127.0.0.1"],
        },
        inputs: { body: { from: "body" } },
      },
    },
  });
  const done = (await Workflow.from(flow, { runtime })).execute({ body });
  await runtime.clock.runUntilIdle();
  const { failures, outputs } = await done;
  return failures[0]?.failure ?? outputs["call.body"];
}

describe("recorded HTTP", () => {
  it("record, then replay: the same answers in the same order, from no server", async () => {
    const recording = recordHttp(folder, { mode: "record" });
    const first = [
      await ask(recording, "/a?x=1", "one"),
      await ask(recording, "/a?x=1", "one"),
      await ask(recording, "/a?x=1", "two"),
    ];
    expect(first.map((answer) => (answer as { number: number }).number)).toEqual([1, 2, 3]);
    expect(recording.requests.length).toBe(3);
    const replay = recordHttp(folder);
    const again = [
      await ask(replay, "/a?x=1", "one", "another-token"),
      await ask(replay, "/a?x=1", "one"),
      await ask(replay, "/a?x=1", "one"),
      await ask(replay, "/a?x=1", "two"),
    ];
    expect(again.map((answer) => (answer as { number: number }).number)).toEqual([1, 2, 2, 3]);
    expect(asked.length).toBe(3);
  });

  it("its files: hold no secret, and one may read them", async () => {
    await ask(recordHttp(folder, { mode: "record" }), "/a?api_key=hunter2&q=virus", "say t0k3n-value");
    const names = await readdir(folder);
    expect(names).toEqual([expect.stringMatching(/^post-127\.0\.0\.1-\d+-a-[0-9a-f]{8}\.json$/)]);
    const text = await readFile(join(folder, names[0] ?? ""), "utf8");
    expect(text).not.toMatch(/t0k3n-value|hunter2|abcdef/);
    const { request, answers } = JSON.parse(text) as {
      request: { [key: string]: unknown };
      answers: { [key: string]: unknown }[];
    };
    expect(request).toMatchObject({
      method: "POST",
      body: { text: "say (hidden)" },
      headers: { authorization: "(hidden)" },
    });
    expect(String(request["url"])).toMatch(/\?api_key=%28hidden%29&q=virus$/);
    expect(answers).toMatchObject([{ status: 200, body: { text: expect.stringContaining('"number":1') as string } }]);
  });

  it("auto: asks only for what is not there", async () => {
    await ask(recordHttp(folder, { mode: "auto" }), "/a", "one");
    const later = recordHttp(folder, { mode: "auto" });
    expect(await ask(later, "/a", "one")).toMatchObject({ number: 1 });
    expect(await ask(later, "/b", "one")).toMatchObject({ number: 2 });
    expect(asked).toEqual(["POST /a", "POST /b"]);
  });

  it("what is not recorded: fails, shows the nearest and how to record, and asks nobody", async () => {
    expect(await ask(recordHttp(folder), "/a", "one")).toMatchObject({
      code: "E_RECORDING",
      kind: "configuration",
      message: `Cannot answer POST ${address}/a: it is not recorded in ${folder}; ${folder} has no recordings`,
      hint: expect.stringContaining('recordHttp(folder, { mode: "auto" })') as string,
    });
    expect(asked).toEqual([]);
    await ask(recordHttp(folder, { mode: "record" }), "/a", "one");
    await ask(recordHttp(folder, { mode: "record" }), "/far/away", "one");
    const missed = await ask(recordHttp(folder), "/a", "two");
    expect((missed as { message: string }).message).toContain(
      `the nearest is POST ${address}/a: another body: two is sent, one was recorded`,
    );
    expect((await ask(recordHttp(folder), "/a?page=2", "one")) as { message: string }).toMatchObject({
      message: expect.stringContaining(`the nearest is POST ${address}/a: another address`) as string,
    });
  });

  it("a file that is no recording: said at once", async () => {
    await ask(recordHttp(folder, { mode: "record" }), "/a", "one");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(folder, "broken.json"), "{}");
    expect(() => recordHttp(folder)).toThrow(/broken\.json: it is no recording of format 1/);
  });
});
