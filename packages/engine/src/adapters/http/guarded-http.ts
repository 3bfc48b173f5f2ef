import type { Http, HttpRequest, HttpSurroundings, OpenHttp } from "../../contracts/http.js";
import type { GuardedRequest } from "../../network/guarded-fetch.js";

const mebibyte = 1_048_576;

/** The network itself; its code is loaded when it is used first. */
export const guardedHttp: OpenHttp = (around): Http => ({
  async fetch(request) {
    const { guardedFetch } = await import("../../network/guarded-fetch.js");
    return guardedFetch(guardedRequest(request, around));
  },
  async open(request) {
    const { guardedOpen } = await import("../../network/guarded-fetch.js");
    return guardedOpen(guardedRequest(request, around));
  },
});

/** With what the request leaves out. */
export function guardedRequest(request: HttpRequest, { signal, secrets }: HttpSurroundings): GuardedRequest {
  const { body } = request;
  return {
    method: request.method ?? "GET",
    url: request.url,
    headers: { accept: "*/*", "user-agent": "nanobrain", ...inSmallLetters(request.headers) },
    ...(body === undefined ? {} : { body: typeof body === "string" ? Buffer.from(body) : body }),
    allowHosts: request.allowHosts ?? [],
    headersTimeoutMs: request.headersTimeoutMs ?? 30_000,
    idleTimeoutMs: request.idleTimeoutMs ?? 30_000,
    totalTimeoutMs: request.totalTimeoutMs ?? 600_000,
    maxBytes: request.maxBytes ?? 10 * mebibyte,
    maxRedirects: request.maxRedirects ?? 5,
    secrets,
    signal: request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]),
  };
}

function inSmallLetters(headers: HttpRequest["headers"]): GuardedRequest["headers"] {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}
