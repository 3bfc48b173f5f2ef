import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../contracts/json.js";
import { retryAfterMs } from "../../network/http-faults.js";
import { openStepBench, type StepBench, type Trial } from "../../testing/step-bench.js";
import { httpStep } from "./http-step.js";

let bench: StepBench;
const open: (() => void)[] = [];
beforeEach(() => {
  bench = openStepBench();
});
afterEach(async () => {
  for (const close of open.splice(0)) close();
  await bench.close();
});

type Seen = {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function seenBy(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? "",
    url: request.url ?? "",
    headers: request.headers as Seen["headers"],
    body: Buffer.concat(chunks).toString(),
  };
}

/** A server that answers with what it was sent. */
const mirror = () =>
  serve((request, response) => {
    void seenBy(request).then((seen) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(seen)),
    );
  });

/** A server with one answer for all. */
const answering = (status: number, headers: { [name: string]: string }, body: string | Buffer = "") =>
  serve((_request, response) => void response.writeHead(status, headers).end(body));

const allow_hosts = ["127.0.0.1"];
const call = (config: JsonObject, trial?: Trial) => bench.outputs(httpStep, { allow_hosts, ...config }, trial);
const failed = (config: JsonObject, trial?: Trial) => bench.failure(httpStep, { allow_hosts, ...config }, trial);
const sent = async (config: JsonObject, inputs: { [port: string]: Json } = {}, trial: Trial = {}) =>
  (await call(config, { inputs, ...trial }))["body"] as unknown as Seen;

describe("HttpStep: requests", () => {
  it("a port in the address: is percent-encoded and stays where it stands", async () => {
    const url = await mirror();
    const inputs = { q: "a b&c=d/../e?#é", id: "../admin", list: [1, "x"] };
    expect((await sent({ url: `${url}/s/{{ id }}/x?q={{ q }}&l={{ list }}` }, inputs)).url).toBe(
      `/s/..%2Fadmin/x?q=a%20b%26c%3Dd%2F..%2Fe%3F%23%C3%A9&l=${encodeURIComponent('[1,"x"]')}`,
    );
    expect(await failed({ url: `${url}/{{ id }}` }, { inputs: { id: ".." } })).toMatchObject({ code: "E_PLACEHOLDER" });
  });

  it("a whole address on a port: is reached by the same rules", async () => {
    const url = await mirror();
    expect((await sent({ url: "{{ address }}" }, { address: `${url}/p?q=1` })).url).toBe("/p?q=1");
    for (const address of ["http://169.254.169.254/", "http://127.0.0.2/", "http://[::1]/", "http://localhost/"])
      expect(await failed({ url: "{{ address }}" }, { inputs: { address } })).toMatchObject({
        kind: "configuration",
        code: "E_HTTP_ADDRESS",
      });
    expect(await failed({ url: "{{ address }}" }, { inputs: { address: "file:///etc/passwd" } })).toMatchObject({
      code: "E_PLACEHOLDER",
    });
  });

  it("without allow_hosts: loopback is refused, and the hint says how to allow it", async () => {
    const url = await mirror();
    expect(await failed({ url, allow_hosts: [] })).toMatchObject({
      code: "E_HTTP_ADDRESS",
      hint: expect.stringContaining("allow_hosts"),
    });
  });

  it("headers: are filled in; a value with a line end is refused", async () => {
    const url = await mirror();
    const headers = { "X-Note": "n {{ v }}", Authorization: "Bearer ${secret:TOKEN}" };
    const seen = await sent({ url, headers }, { v: 1 }, { secrets: { TOKEN: "s3cret-token" } });
    expect(seen.headers).toMatchObject({ "x-note": "n 1", authorization: "Bearer ***" });
    for (const v of ["a\r\nx-evil: 1", "a\nb", "a\0b", "\u{1F600}"])
      expect(await failed({ url, headers: { "x-note": "{{ v }}" } }, { inputs: { v } })).toMatchObject({
        kind: "data_validation",
        code: "E_HTTP_REQUEST",
      });
  });

  it("body: data as JSON, text as text, a file as its bytes, the port body by default", async () => {
    const url = await mirror();
    const post = async (config: JsonObject, inputs: { [port: string]: Json } = {}) => {
      const { body, headers } = await sent({ url, method: "POST", ...config }, inputs);
      return [body, headers["content-type"]];
    };
    const hostile = '"},{"x":"\n';
    expect(await post({ body: { a: ["{{ v }}", 1], t: "v: {{ v }}" } }, { v: hostile })).toEqual([
      JSON.stringify({ a: [hostile, 1], t: `v: ${hostile}` }),
      "application/json",
    ]);
    expect(await post({ body: '{"a": "{{ v }}", "b": {{ w }}}' }, { v: hostile, w: [1] })).toEqual([
      `{"a": ${JSON.stringify(hostile)}, "b": [1]}`,
      "application/json",
    ]);
    expect(await post({ body: "{{ v }}" }, { v: "just text" })).toEqual(["just text", "text/plain; charset=utf-8"]);
    expect(await post({ body: "{{ v }}" }, { v: await bench.file("f", "bytes") })).toEqual(["bytes", "text/plain"]);
    expect(await post({}, { body: { from: "port" } })).toEqual(['{"from":"port"}', "application/json"]);
    expect(await post({})).toEqual(["", undefined]);
    expect(await post({ body: { a: 1 }, headers: { "Content-Type": "application/x" } })).toEqual([
      '{"a":1}',
      "application/x",
    ]);
  });

  it("idempotency key: goes along with what changes something, unless one is set", async () => {
    const url = await mirror();
    const key = async (config: JsonObject) => (await sent({ url, ...config })).headers["idempotency-key"];
    expect(await key({ method: "POST" })).toBe("key-1");
    expect(await key({ method: "DELETE", headers: { "Idempotency-Key": "mine" } })).toBe("mine");
    expect(await key({})).toBeUndefined();
  });

  it("a call that was answered: is not sent again by a later attempt; a GET is", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ calls }));
    });
    const effects = new Map<string, Json>();
    const first = await call({ url, method: "POST", body: {} }, { effects });
    expect([...effects.keys()]).toEqual(["http"]);
    expect(await call({ url, method: "POST", body: {} }, { effects })).toEqual(first);
    expect([first["body"], calls]).toEqual([{ calls: 1 }, 1]);
    await call({ url }, { effects });
    expect(calls).toBe(2);
  });

  it("an answer that cannot be read: is recorded all the same, so that nothing is sent twice", async () => {
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.end("{");
    });
    const effects = new Map<string, Json>();
    for (let attempt = 0; attempt < 2; attempt++)
      expect(await failed({ url, method: "POST", parse: "json" }, { effects })).toMatchObject({
        kind: "data_validation",
        code: "E_PARSE",
      });
    expect(calls).toBe(1);
  });
});

describe("HttpStep: answers", () => {
  it("parse: auto goes by the content type", async () => {
    const body = async (type: string, bytes: string | Buffer, config: JsonObject = {}) =>
      (await call({ url: await answering(200, type === "" ? {} : { "content-type": type }, bytes), ...config }))[
        "body"
      ];
    expect(await body("application/json; charset=utf-8", '{"a":1}')).toEqual({ a: 1 });
    expect(await body("application/problem+json", "[1]")).toEqual([1]);
    expect(await body("text/html", "<p>")).toBe("<p>");
    expect(await body("", "plain")).toBe("plain");
    expect(await body("text/plain; charset=ISO-8859-1", Buffer.from([0xe9]))).toBe("é");
    expect(await body("image/png", Buffer.from([1, 2, 3]))).toMatchObject({ media_type: "image/png", size_bytes: 3 });
    expect(await body("text/csv", "a,b\n1,2\n", { parse: "csv" })).toEqual([{ a: "1", b: "2" }]);
    expect(await body("text/plain", '{"a":1}', { parse: "json" })).toEqual({ a: 1 });
    expect(await body("application/json", "{}", { parse: "text" })).toBe("{}");
    expect(await body("application/json", "", {})).toBeNull();
    expect(await bench.text(await body("text/plain", "kept", { parse: "file" }))).toBe("kept");
  });

  it("what cannot be read: is a failure of the data", async () => {
    const json = { "content-type": "application/json" };
    expect(await failed({ url: await answering(200, json, "<html>") })).toMatchObject({
      kind: "data_validation",
      code: "E_PARSE",
    });
    expect(await failed({ url: await answering(200, json, Buffer.from([0xff])) })).toMatchObject({
      kind: "data_validation",
      code: "E_PARSE",
    });
  });

  it.each<[number, string, boolean | undefined]>([
    [400, "step", false],
    [401, "step", false],
    [404, "step", false],
    [408, "network", undefined],
    [409, "step", false],
    [425, "network", undefined],
    [429, "network", undefined],
    [500, "network", undefined],
    [502, "network", undefined],
    [503, "network", undefined],
    [529, "network", undefined],
    [304, "step", false],
  ])("status %d: is a failure of kind %s", async (status, kind, retryable) => {
    const failure = await failed({ url: `${await answering(status, {}, "reason  given")}/p?token=x` });
    expect(failure).toMatchObject({ kind, code: "E_HTTP_STATUS", details: { status } });
    expect(failure["retryable"]).toBe(retryable);
    expect(failure["message"]).not.toContain("token");
  });

  it("a failed status: shows the beginning of what was said, on one line", async () => {
    const failure = await failed({ url: await answering(400, {}, `bad\n  input ${"x".repeat(5_000)}`) });
    expect(failure["message"]).toMatch(/answered 400: bad input x{400,} \.\.\.$/);
  });

  it("a pause that is asked for: is told", async () => {
    const pause = async (value: string) =>
      (await failed({ url: await answering(429, { "retry-after": value }) }))["retryAfterMs"];
    expect(await pause("7")).toBe(7_000);
    expect(await pause("soon")).toBeUndefined();
  });

  it.each<[string, number | undefined]>([
    ["0", 0],
    ["120", 120_000],
    ["99999999", 3_600_000],
    ["-5", undefined],
    ["1.5", undefined],
    ["", undefined],
    ["Thu, 01 Jan 1970 00:00:30 GMT", 20_000],
    ["Thu, 01 Jan 1970 00:00:05 GMT", 0],
    ["Sat, 01 Jan 2050 00:00:00 GMT", 3_600_000],
    ["2050-01-01", undefined],
    ["999999999999999999999", undefined],
  ])("retry-after %j: %s ms", (header, expected) => expect(retryAfterMs(header, 10_000)).toBe(expected));

  it("ok_status: says what counts as success", async () => {
    expect(await call({ url: await answering(404, {}, "none"), ok_status: [200, 404] })).toMatchObject({
      status: 404,
      body: "none",
    });
    expect(await failed({ url: await answering(204, {}), ok_status: [200] })).toMatchObject({
      details: { status: 204 },
    });
  });

  it("HEAD and no content: have no body", async () => {
    expect(await call({ url: await answering(200, { "content-length": "5" }), method: "HEAD" })).toMatchObject({
      status: 200,
      body: null,
    });
    expect(await call({ url: await answering(204, {}) })).toMatchObject({ status: 204, body: null });
  });

  it("an abort: ends the call with its reason", async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort({ kind: "timeout", code: "E_TIMEOUT", message: "Too long" }));
    expect(await failed({ url }, { signal: controller.signal })).toMatchObject({ kind: "timeout", code: "E_TIMEOUT" });
  });

  it("a redirect to another host: is not followed to what is not listed, and no secret leaves", async () => {
    const seen: Seen[] = [];
    const other = await serve((request, response) => {
      void seenBy(request).then((one) => response.end(String(seen.push(one))));
    });
    const url = await answering(302, { location: other });
    const config = { url, headers: { authorization: "Bearer ${secret:TOKEN}" } };
    expect(
      await failed({ ...config, allow_hosts: [new URL(url).host] }, { secrets: { TOKEN: "s3cret-token" } }),
    ).toMatchObject({ code: "E_HTTP_ADDRESS" });
    expect(seen).toEqual([]);
    await call(config, { secrets: { TOKEN: "s3cret-token" } });
    expect(JSON.stringify(seen)).not.toContain("s3cret-token");
    expect(seen).toHaveLength(1);
  });
});

describe("HttpStep: its config", () => {
  const url = "https://example.org/";
  it.each<[string, JsonObject, readonly string[]]>([
    ["a good one", { url: "https://example.org/{{ a }}?q={{ b }}", allow_hosts: ["localhost:80"] }, []],
    ["an address on a port", { url: "{{ address }}" }, []],
    ["another scheme", { url: "ftp://example.org/" }, ["E_URL"]],
    ["no address", { url: "example.org" }, ["E_URL"]],
    ["a password", { url: "https://u:p@example.org/" }, ["E_URL"]],
    ["a host from a port", { url: "https://{{ host }}/x" }, ["E_URL"]],
    ["part of a host from a port", { url: "https://{{ a }}.example.org" }, ["E_URL"]],
    ["a wildcard", { url, allow_hosts: ["*.example.org"] }, ["E_URL"]],
    ["a host list from a port", { url, allow_hosts: ["{{ host }}"] }, ["E_URL"]],
    ["a header of the engine", { url, headers: { Host: "x" } }, ["E_CONFLICT"]],
    ["a header twice", { url, headers: { "X-A": "1", "x-a": "2" } }, ["E_CONFLICT"]],
    ["a body with GET", { url, body: { a: 1 } }, ["E_CONFLICT"]],
  ])("%s: %j gives %j", async (_name, config, codes) => {
    expect(await bench.problems(httpStep, config)).toEqual(codes);
  });

  it("ports: what address, headers and body name is needed; body is optional where the config has none", () => {
    const config = { url: "https://x/{{ a }}", headers: { h: "{{ b }}" } };
    expect(httpStep.ports(config).inputs).toEqual({ body: { optional: true }, a: {}, b: {} });
    expect(httpStep.ports({ ...config, body: { x: "{{ c.d }}" } }).inputs).toEqual({ a: {}, b: {}, c: {} });
  });
});
