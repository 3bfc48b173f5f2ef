import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { selfSigned } from "../testing/self-signed.js";
import { guardedFetch } from "./guarded-fetch.js";

const { key, cert } = selfSigned("tls.test");
let port = 0;
let close = (): void => undefined;

beforeEach(async () => {
  const server = createServer({ key, cert }, (request, response) => {
    response.end(`${request.headers.host} ${(request.socket as tls.TLSSocket & { servername?: string }).servername}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

const fetchFrom = (host: string) =>
  guardedFetch({
    method: "GET",
    url: `https://${host}:${port}/`,
    headers: {},
    allowHosts: [host],
    headersTimeoutMs: 30_000,
    idleTimeoutMs: 30_000,
    totalTimeoutMs: 60_000,
    maxBytes: 1_000,
    maxRedirects: 0,
    secrets: [],
    signal: new AbortController().signal,
    lookup: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
  });

describe("exchange over TLS", () => {
  it("a certificate nobody vouches for: is refused, and tried again is no help", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    await expect(fetchFrom("tls.test")).rejects.toMatchObject({
      code: "E_HTTP_NETWORK",
      traits: { kind: "configuration" },
    });
  });

  it("a certificate that is trusted: counts for the name in the address, at the address that was checked", async () => {
    const createSecureContext = tls.createSecureContext;
    vi.spyOn(tls, "createSecureContext").mockImplementation((options) => createSecureContext({ ...options, ca: cert }));
    expect(Buffer.from((await fetchFrom("tls.test")).bytes).toString()).toBe(`tls.test:${port} tls.test`);
    await expect(fetchFrom("other.test")).rejects.toMatchObject({
      code: "E_HTTP_NETWORK",
      traits: { kind: "configuration" },
    });
  });
});
