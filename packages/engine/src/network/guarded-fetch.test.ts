import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Socket,
  type Server as SocketServer,
} from "node:net";
import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { type GuardedRequest, guardedFetch } from "./guarded-fetch.js";

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

async function listen(server: Server | SocketServer, address = "127.0.0.1", port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener, address?: string, port?: number): Promise<string> =>
  `http://${address ?? "127.0.0.1"}:${await listen(createServer(listener), address, port)}/`;

/** A server that speaks below HTTP. */
const serveRaw = async (onSocket: (socket: Socket) => void): Promise<string> =>
  `http://127.0.0.1:${await listen(
    createSocketServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => onSocket(socket));
    }),
  )}/`;

function fetchFrom(url: string, over: Partial<GuardedRequest> = {}) {
  return guardedFetch({
    method: "GET",
    url,
    headers: {},
    allowHosts: ["127.0.0.1", "127.0.0.2"],
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

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const echo = (request: IncomingMessage, response: ServerResponse): void => void answerEcho(request, response);
const answerEcho = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  response.end(
    JSON.stringify({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    }),
  );
};

describe("guarded fetch: requests and answers", () => {
  it("method, headers and body: arrive, and the answer comes back", async () => {
    const url = await serve(echo);
    const answer = await fetchFrom(`${url}p?q=1`, { method: "PUT", headers: { "x-a": "b" }, body: Buffer.from("é") });
    expect(answer.status).toBe(200);
    expect(JSON.parse(text(answer.bytes))).toMatchObject({
      method: "PUT",
      url: "/p?q=1",
      body: "é",
      headers: { "x-a": "b", "content-length": "2", connection: "close" },
    });
  });

  it("statuses: each is an answer; cookies are left out", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(503, { "set-cookie": "session=1", "retry-after": "3", "x-a": ["1", "2"] }).end("busy");
    });
    const answer = await fetchFrom(url);
    expect([answer.status, text(answer.bytes)]).toEqual([503, "busy"]);
    expect(answer.headers).toMatchObject({ "retry-after": "3", "x-a": "1, 2" });
    expect(answer.headers).not.toHaveProperty("set-cookie");
  });

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("%s: is undone", async (encoding, compress) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(compress(Buffer.from("plain text")));
    });
    expect(text((await fetchFrom(url)).bytes)).toBe("plain text");
  });

  it("proxies of the environment: are not asked", async () => {
    let asked = 0;
    const proxy = await serve((_request, response) => {
      asked += 1;
      response.end("proxy");
    });
    for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]) process.env[name] = proxy;
    process.env["NODE_USE_ENV_PROXY"] = "1";
    const url = await serve((_request, response) => void response.end("direct"));
    const answer = await fetchFrom(url).finally(() => {
      for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NODE_USE_ENV_PROXY"])
        delete process.env[name];
    });
    expect([text(answer.bytes), asked]).toEqual(["direct", 0]);
  });
});

describe("guarded fetch: what may be reached", () => {
  it("a private address that is not listed: no connection is made", async () => {
    let connections = 0;
    const server = createServer((_request, response) => void response.end("secret"));
    server.on("connection", () => {
      connections += 1;
    });
    const port = await listen(server);
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `http://127.1:${port}/`,
      `http://0x7f000001:${port}/`,
      `http://localhost:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
    ])
      await expect(fetchFrom(url, { allowHosts: [] })).rejects.toMatchObject({ code: "E_HTTP_ADDRESS" });
    expect(connections).toBe(0);
  });

  it("DNS that changes its answer: it is asked once, and the connection goes to what was checked", async () => {
    const seen: string[] = [];
    const answer = (name: string) => (_request: IncomingMessage, response: ServerResponse) => {
      seen.push(name);
      response.end(name);
    };
    const first = await serve(answer("checked"));
    const port = Number(new URL(first).port);
    await serve(answer("rebound"), "127.0.0.2", port);
    let asked = 0;
    const lookup = () => Promise.resolve([{ address: asked++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }]);
    const options = { lookup, allowHosts: [`rebind.test:${port}`] };
    expect(text((await fetchFrom(`http://rebind.test:${port}/`, options)).bytes)).toBe("checked");
    expect([asked, seen]).toEqual([1, ["checked"]]);
    await expect(fetchFrom(`http://rebind.test:${port}/`, { lookup, allowHosts: [] })).rejects.toMatchObject({
      code: "E_HTTP_ADDRESS",
    });
    expect(seen).toEqual(["checked"]);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://127.0.0.3/",
    "http://0x7f.0.0.4/",
    "//10.0.0.1/x",
    "file:///etc/passwd",
    "http://user:pass@127.0.0.1/",
    "gopher://127.0.0.1/",
    "http://",
  ])("a redirect to %s: is refused", async (location) => {
    const url = await serve((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: expect.stringMatching(/^E_HTTP_(ADDRESS|REDIRECT)$/) });
  });

  it("redirects: five are followed, a sixth is refused, and none where they are switched off", async () => {
    const url = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end("arrived");
    });
    expect(text((await fetchFrom(`${url}5`)).bytes)).toBe("arrived");
    await expect(fetchFrom(`${url}6`)).rejects.toMatchObject({ code: "E_HTTP_REDIRECT", traits: { retryable: false } });
    expect((await fetchFrom(`${url}1`, { maxRedirects: 0 })).status).toBe(302);
  });

  it("a redirect to another host: takes no secret along, not in headers and not in a body", async () => {
    const other = await serve(echo, "127.0.0.2");
    const url = await serve((request, response) => {
      response
        .writeHead(request.method === "GET" ? 302 : 307, { location: request.url === "/same" ? "/" : other })
        .end();
    });
    const headers = {
      authorization: "Bearer s3cret",
      cookie: "a=b",
      "x-api-key": "k",
      "x-note": "n",
      accept: "text/x",
      "user-agent": "has s3cret",
    };
    const seen = JSON.parse(text((await fetchFrom(url, { headers, secrets: ["s3cret"] })).bytes)) as {
      headers: object;
    };
    expect(Object.keys(seen.headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host"]);
    const post = { method: "POST", secrets: ["s3cret"] };
    await expect(fetchFrom(url, { ...post, body: Buffer.from("a s3cret b") })).rejects.toMatchObject({
      code: "E_HTTP_REDIRECT",
    });
    expect(JSON.parse(text((await fetchFrom(url, { ...post, body: Buffer.from("plain") })).bytes))).toMatchObject({
      method: "POST",
      body: "plain",
    });
  });

  it("a redirect to the same host: keeps headers; after 303 it is a GET without a body", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/go") response.writeHead(303, { location: "/" }).end();
      else echo(request, response);
    });
    const headers = { authorization: "x", "content-type": "text/plain" };
    const answer = await fetchFrom(`${url}go`, { method: "POST", headers, body: Buffer.from("b") });
    const seen = JSON.parse(text(answer.bytes)) as { headers: { [name: string]: string } };
    expect(seen).toMatchObject({ method: "GET", body: "", headers: { authorization: "x" } });
    expect(seen.headers).not.toHaveProperty("content-type");
  });
});

describe("guarded fetch: limits", () => {
  it("a body: as large as the limit passes, one byte more does not", async () => {
    const url = await serve((request, response) => void response.end("x".repeat(Number(request.url?.slice(1)))));
    expect((await fetchFrom(`${url}1000`, { maxBytes: 1_000 })).bytes).toHaveLength(1_000);
    await expect(fetchFrom(`${url}1001`, { maxBytes: 1_000 })).rejects.toMatchObject({
      code: "E_HTTP_LIMIT",
      details: { limitBytes: 1_000 },
    });
  });

  it("an endless body: is cut", async () => {
    const cut = new Promise<void>((resolve) => {
      void serve((_request, response) => {
        const more = (): void => {
          while (response.writable && response.write("x".repeat(10_000)));
        };
        response.on("drain", more).on("close", resolve);
        more();
      }).then((url) => expect(fetchFrom(url)).rejects.toMatchObject({ code: "E_HTTP_LIMIT" }));
    });
    await cut;
  });

  it.each(["gzip", "br"])("a %s bomb: is cut when it passes the limit", async (encoding) => {
    const zeros = Buffer.alloc(50_000_000);
    const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
    const bomb = encoding === "gzip" ? gzipSync(zeros, { level: 1 }) : brotliCompressSync(zeros, fast);
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(bomb);
    });
    await expect(fetchFrom(url, { maxBytes: 10_000_000 })).rejects.toMatchObject({ code: "E_HTTP_LIMIT" });
  });

  it("endless compressed bytes that say nothing: are counted too", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      const gzip = createGzip();
      gzip.pipe(response);
      const more = (): void => {
        if (response.destroyed) return;
        gzip.write("");
        gzip.flush(constants.Z_FULL_FLUSH, more);
      };
      more();
    });
    await expect(fetchFrom(url, { maxBytes: 2_000 })).rejects.toMatchObject({ code: "E_HTTP_LIMIT" });
  });

  it("no head of an answer, no next part, an answer drop by drop: each wait has its limit", async () => {
    const silent = await serveRaw(() => undefined);
    await expect(fetchFrom(silent, { headersTimeoutMs: 50 })).rejects.toMatchObject({
      code: "E_HTTP_TIMEOUT",
      details: { what: "its answer" },
    });
    const stuck = await serve((_request, response) => void response.write("a"));
    await expect(fetchFrom(stuck, { idleTimeoutMs: 50 })).rejects.toMatchObject({ code: "E_HTTP_TIMEOUT" });
    const slow = await serve((_request, response) => {
      const timer = setInterval(() => response.write("a"), 10);
      response.on("close", () => clearInterval(timer));
    });
    await expect(fetchFrom(slow, { totalTimeoutMs: 300 })).rejects.toMatchObject({
      code: "E_HTTP_TIMEOUT",
      details: { what: "the whole call" },
    });
  });

  it("names that are never resolved: the wait has its limit", async () => {
    const lookup = () => new Promise<never>(() => undefined);
    await expect(fetchFrom("http://slow.test/", { lookup, headersTimeoutMs: 50 })).rejects.toMatchObject({
      code: "E_HTTP_TIMEOUT",
    });
  });

  it("the caller's abort: ends the call with its reason and closes the connection", async () => {
    const controller = new AbortController();
    const reason = new Error("stopped");
    let running: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      void serve((_request, response) => {
        response.write("a");
        response.on("close", resolve);
        controller.abort(reason);
      }).then((url) => {
        running = expect(fetchFrom(url, { signal: controller.signal })).rejects.toBe(reason);
      });
    });
    await running;
  });
});

describe("guarded fetch: broken answers", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  it.each([
    ["closed before an answer", ""],
    ["no HTTP at all", "SSH-2.0-OpenSSH\r\n"],
    ["cut in its head", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["shorter than its length says", `${head}Content-Length: 100\r\n\r\nshort`],
    ["cut between chunks", `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ["a chunk of no length", `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n`],
    ["two lengths", `${head}Content-Length: 3\r\nContent-Length: 5\r\n\r\nhello`],
    ["a head of endless size", `${head}X-A: ${"a".repeat(100_000)}\r\n\r\n`],
  ])("an answer %s: is a failure of the network, never half a body", async (_name, bytes) => {
    const url = await serveRaw((socket) => socket.end(bytes));
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: "E_HTTP_NETWORK" });
  });

  it("compressed bytes that are cut or wrong: fail as such", async () => {
    const whole = gzipSync("some text that is long enough".repeat(20));
    const sent = (bytes: Buffer, encoding: string) =>
      serve((_request, response) => {
        response.writeHead(200, { "content-encoding": encoding }).end(bytes);
      });
    await expect(fetchFrom(await sent(whole.subarray(0, 40), "gzip"))).rejects.toMatchObject({
      code: "E_HTTP_NETWORK",
    });
    await expect(fetchFrom(await sent(Buffer.from("no gzip"), "gzip"))).rejects.toMatchObject({ code: "E_HTTP_BODY" });
    await expect(fetchFrom(await sent(Buffer.from("no brotli"), "br"))).rejects.toMatchObject({ code: "E_HTTP_BODY" });
    await expect(fetchFrom(await sent(whole, "zstd-x"))).rejects.toMatchObject({ code: "E_HTTP_BODY" });
  });

  it("nobody there: is a failure of the network that can be tried again", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    await expect(fetchFrom(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "E_HTTP_NETWORK",
      traits: { kind: "network" },
    });
    const lookup = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
    await expect(fetchFrom("http://nowhere.test/", { lookup })).rejects.toMatchObject({
      code: "E_HTTP_NETWORK",
      traits: { kind: "network" },
    });
  });

  it("a switch of protocols: is refused", async () => {
    const url = await serveRaw((socket) =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
    );
    await expect(fetchFrom(url, { headers: { upgrade: "x", connection: "upgrade" } })).rejects.toMatchObject({
      code: "E_HTTP_BODY",
    });
  });
});
