import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type GuardedRequest, guardedOpen } from "./guarded-fetch.js";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function openAt(url: string, over: Partial<GuardedRequest> = {}) {
  return guardedOpen({
    method: "GET",
    url,
    headers: {},
    allowHosts: ["127.0.0.1"],
    headersTimeoutMs: 20_000,
    idleTimeoutMs: 20_000,
    totalTimeoutMs: 60_000,
    maxBytes: 100_000,
    maxRedirects: 5,
    secrets: [],
    signal: new AbortController().signal,
    ...over,
  });
}

async function rest(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of body) text += Buffer.from(part).toString();
  return text;
}

/** A server that sends what it is told to, when it is told to. */
async function told(headers: { readonly [name: string]: string } = {}) {
  const steps: { send(bytes: string | Buffer): void; end(): void }[] = [];
  let cut = false;
  const url = await serve((_request, response) => {
    response.writeHead(200, headers);
    response.flushHeaders();
    response.on("close", () => {
      cut = !response.writableEnded;
    });
    steps.push({ send: (bytes) => void response.write(bytes), end: () => void response.end() });
  });
  const answer = async () => {
    await expect.poll(() => steps.length, { timeout: 20_000 }).toBe(1);
    return steps[0] as (typeof steps)[number];
  };
  return { url, answer, wasCut: () => cut };
}

describe("guardedOpen", () => {
  it("the head: is there before any of the body, and each part as it comes", async () => {
    const server = await told({ "x-kind": "stream" });
    const stream = await openAt(server.url);
    expect(stream).toMatchObject({ status: 200, headers: { "x-kind": "stream" } });
    const service = await server.answer();
    const parts = stream.body[Symbol.asyncIterator]();
    for (const text of ["one", "two"]) {
      const next = parts.next();
      service.send(text);
      expect(Buffer.from((await next).value as Uint8Array).toString()).toBe(text);
    }
    service.end();
    expect(await parts.next()).toMatchObject({ done: true });
  });

  it("a compressed body: comes decompressed", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("a".repeat(50_000))),
    );
    expect((await rest((await openAt(url)).body)).length).toBe(50_000);
  });

  it("a reader that takes its time: is not the service's silence", async () => {
    const server = await told();
    const { body } = await openAt(server.url, { idleTimeoutMs: 400 });
    const service = await server.answer();
    service.send("one");
    const parts = body[Symbol.asyncIterator]();
    await parts.next();
    const since = performance.now();
    await expect.poll(() => performance.now() - since, { timeout: 20_000 }).toBeGreaterThan(800);
    service.send("two");
    service.end();
    expect(Buffer.from((await parts.next()).value as Uint8Array).toString()).toBe("two");
  });

  it("a service that falls silent: E_HTTP_TIMEOUT, and the connection is cut", async () => {
    const server = await told();
    const { body } = await openAt(server.url, { idleTimeoutMs: 100 });
    (await server.answer()).send("one");
    await expect(rest(body)).rejects.toMatchObject({ code: "E_HTTP_TIMEOUT" });
    await expect.poll(server.wasCut, { timeout: 20_000 }).toBe(true);
  });

  it("more bytes than allowed: E_HTTP_LIMIT, also when only what they unpack to is too much", async () => {
    const plain = await serve((_request, response) => response.end("a".repeat(2_000)));
    await expect(openAt(plain, { maxBytes: 1_000 }).then(({ body }) => rest(body))).rejects.toMatchObject({
      code: "E_HTTP_LIMIT",
    });
    const packed = await serve((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("a".repeat(2_000))),
    );
    await expect(openAt(packed, { maxBytes: 1_000 }).then(({ body }) => rest(body))).rejects.toMatchObject({
      code: "E_HTTP_LIMIT",
    });
  });

  it("an abort in the middle: rejects with its reason and cuts the connection, whether anybody reads or not", async () => {
    for (const isRead of [true, false]) {
      const server = await told();
      const controller = new AbortController();
      const { body } = await openAt(server.url, { signal: controller.signal });
      (await server.answer()).send("one");
      const reason = new Error("enough");
      const reading = isRead ? rest(body) : undefined;
      controller.abort(reason);
      if (reading !== undefined) await expect(reading).rejects.toBe(reason);
      await expect.poll(server.wasCut, { timeout: 20_000 }).toBe(true);
    }
  });

  it("a reader that leaves: cuts the connection", async () => {
    const server = await told();
    const { body } = await openAt(server.url);
    (await server.answer()).send("one");
    for await (const part of body) {
      expect(Buffer.from(part).toString()).toBe("one");
      break;
    }
    await expect.poll(server.wasCut, { timeout: 20_000 }).toBe(true);
  });

  it("an answer that breaks off: E_HTTP_NETWORK while it is read", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("one");
      setImmediate(() => response.destroy());
    });
    await expect(openAt(url).then(({ body }) => rest(body))).rejects.toMatchObject({ code: "E_HTTP_NETWORK" });
  });
});
