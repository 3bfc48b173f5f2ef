import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { McpAround, McpServerConfig } from "./mcp-server.js";

/** Answers without a body; `Response` refuses one for them. */
const bodiless = new Set([101, 204, 205, 304]);

/**
 * The step's network as the transport wants it. Nothing that the server would send of its own accord is listened to, so no connection
 * stays open between calls.
 */
export function guardedFetch(
  config: McpServerConfig,
  around: McpAround,
  maxBytes: number,
  timeoutMs: number,
): FetchLike {
  const { allow_hosts: allowHosts = [] } = config;
  return async (url, init = {}) => {
    const method = (init.method ?? "GET").toUpperCase();
    if (method === "GET") return new Response(null, { status: 405 });
    const { status, headers, body } = await around.http.open({
      method,
      url: String(url),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === "string" ? { body: init.body } : {}),
      ...(init.signal == null ? {} : { signal: init.signal }),
      allowHosts,
      maxBytes,
      maxRedirects: 0,
      headersTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      totalTimeoutMs: timeoutMs * 2,
    });
    const stream = bodiless.has(status) ? null : ReadableStream.from(body);
    return new Response(stream as ReadableStream<Uint8Array> | null, { status, headers: plainHeaders(headers) });
  };
}

/** The body was unpacked on its way. */
function plainHeaders(headers: { readonly [name: string]: string }): { [name: string]: string } {
  const { "content-encoding": _encoding, "content-length": _length, ...rest } = headers;
  return rest;
}
