import { setMaxListeners } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Http, HttpRequest, HttpSurroundings } from "../../contracts/http.js";
import { openHttp } from "./open-http.js";
import { type RecordedHttp, recordHttp } from "./record-http.js";

let folder = "";
let server: Server;
let address = "";
let count = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nanobrain-recorded-"));
  count = 0;
  server = createServer((request, response) => {
    count += 1;
    request.resume();
    if (request.url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end("data: one\n\ndata: two\n\ndata: [DONE]\n\n");
    } else if (request.url === "/bytes") response.end(Buffer.from([0xff, 0xfe, ...Buffer.from("t0k3n-value"), 0xff]));
    else response.end(`answer ${count}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const around: HttpSurroundings = { signal: new AbortController().signal, secrets: ["t0k3n-value"] };
setMaxListeners(0, around.signal);
const of = (recorded: Pick<RecordedHttp, "open">): Http => recorded.open(around);
const asked = (path: string, over: Partial<HttpRequest> = {}): HttpRequest => ({
  url: `${address}${path}`,
  allowHosts: ["127.0.0.1"],
  ...over,
});

async function said(http: Http, path: string, over: Partial<HttpRequest> = {}): Promise<string> {
  return Buffer.from((await http.fetch(asked(path, over))).bytes).toString();
}

async function partsOf(http: Http, path: string): Promise<readonly string[]> {
  const parts: string[] = [];
  for await (const part of (await http.open(asked(path))).body) parts.push(Buffer.from(part).toString());
  return parts;
}

describe("recordHttp", () => {
  it("a stream of events: is recorded as it passes and replayed event by event", async () => {
    expect((await partsOf(of(recordHttp(folder, { mode: "record" })), "/events")).join("")).toContain("[DONE]");
    expect(await partsOf(of(recordHttp(folder)), "/events")).toEqual([
      "data: one\n\n",
      "data: two\n\n",
      "data: [DONE]\n\n",
    ]);
    expect(count).toBe(1);
  });

  it("an answer that nobody reads to its end: is not recorded", async () => {
    for await (const part of (await of(recordHttp(folder, { mode: "record" })).open(asked("/a"))).body) {
      expect(part.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("JSON bodies: are compared by what they say, not by the order of their keys", async () => {
    const method = "POST";
    await said(of(recordHttp(folder, { mode: "record" })), "/a", { method, body: '{"model":"m","messages":[1,2]}' });
    const replay = of(recordHttp(folder));
    expect(await said(replay, "/a", { method, body: '{ "messages": [1, 2], "model": "m" }' })).toBe("answer 1");
    await expect(said(replay, "/a", { method, body: '{"model":"m","messages":[2,1]}' })).rejects.toMatchObject({
      code: "E_RECORDING",
    });
  });

  it("several recorders at once in one folder: no answer is lost, and each file is whole", async () => {
    const older = await said(of(recordHttp(folder, { mode: "record" })), "/a");
    expect(older).toBe("answer 1");
    const first = recordHttp(folder, { mode: "record" });
    const all = [first, recordHttp(folder, { mode: "record" }), recordHttp(folder, { mode: "record" })];
    const heard = await Promise.all(Array.from({ length: 30 }, (_, at) => said(of(all[at % 3] ?? first), "/a")));
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    const { answers } = JSON.parse(await readFile(join(folder, names[0] ?? ""), "utf8")) as {
      answers: { body: { text: string } }[];
    };
    expect(answers.map(({ body }) => body.text).sort()).toEqual(heard.sort());
  });

  it("a lock that a killed recorder left: is taken after a while", async () => {
    await said(of(recordHttp(folder, { mode: "record" })), "/a");
    const [name = ""] = await readdir(folder);
    const lock = join(folder, `${name}.lock`);
    await mkdir(lock);
    await utimes(lock, 0, 0);
    expect(await said(of(recordHttp(folder, { mode: "record" })), "/a")).toBe("answer 2");
    expect(await readdir(folder)).toEqual([name]);
  });

  it("files written by hand, in folders too: any body, JSON answers, and what is left out has a default", async () => {
    await mkdir(join(folder, "models"));
    const recording = {
      format: 1,
      request: { method: "POST", url: `${address}/chat`, body: "any" },
      answers: [{ body: { json: { text: "hello" } } }, { status: 429, headers: { "retry-after": "3" } }],
    };
    await writeFile(join(folder, "models", "first answer.json"), JSON.stringify(recording));
    const replay = of(recordHttp(folder));
    expect(await said(replay, "/chat", { method: "POST", body: "what ever" })).toBe('{"text":"hello"}');
    const second = await replay.fetch(asked("/chat", { method: "POST", body: "else" }));
    expect(second).toMatchObject({ status: 429, headers: { "retry-after": "3" } });
    expect(count).toBe(0);
  });

  it("a recording that has a name of its own: is replaced where it is", async () => {
    const path = join(folder, "greeting.json");
    const recording = { format: 1, request: { url: `${address}/a` }, answers: [{ body: { text: "old" } }] };
    await writeFile(path, JSON.stringify(recording));
    await said(of(recordHttp(folder, { mode: "record" })), "/a");
    expect(await readdir(folder)).toEqual(["greeting.json"]);
    expect(await said(of(recordHttp(folder)), "/a")).toBe("answer 1");
  });

  it("bytes that are no text: hold no secret either", async () => {
    await said(of(recordHttp(folder, { mode: "record" })), "/bytes");
    const bytes = (await of(recordHttp(folder)).fetch(asked("/bytes"))).bytes;
    expect(Buffer.from(bytes).toString("latin1")).toContain("(hidden)");
    expect(Buffer.from(bytes).toString("latin1")).not.toContain("t0k3n-value");
  });

  it("an attempt that was aborted: asks neither the folder nor the service", async () => {
    const controller = new AbortController();
    controller.abort(new Error("over"));
    const http = recordHttp(folder, { mode: "record" }).open({ signal: controller.signal, secrets: [] });
    await expect(http.fetch(asked("/a"))).rejects.toThrow("over");
    expect(count).toBe(0);
  });
});

describe("openHttp", () => {
  it("recordings as plain data: the recorder comes with the first request", async () => {
    const record = openHttp({ mode: "record", folder })(around);
    expect(await said(record, "/a")).toBe("answer 1");
    expect(await said(openHttp({ mode: "replay", folder })(around), "/a")).toBe("answer 1");
    expect(await said(openHttp(undefined)(around), "/a")).toBe("answer 2");
  });
});
