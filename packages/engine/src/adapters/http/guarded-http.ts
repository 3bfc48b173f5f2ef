import type { Http, HttpAnswer, HttpRequest } from "../../contracts/http.js";

export type HttpSurroundings = {
  /** The attempt's. */
  readonly signal: () => AbortSignal;
  /** Values that may not be sent on to another host. */
  readonly secrets: readonly string[];
};

const mebibyte = 1_048_576;

/** The network for one attempt; its code is loaded when it is used first. */
export function guardedHttp({ signal, secrets }: HttpSurroundings): Http {
  const fetch = async (request: HttpRequest): Promise<HttpAnswer> => {
    const { guardedFetch } = await import("../../components/steps/world/guarded-fetch.js");
    const own = signal();
    return guardedFetch({
      method: request.method ?? "GET",
      url: request.url,
      headers: { accept: "*/*", "user-agent": "nanobrain", ...request.headers },
      ...(request.body === undefined
        ? {}
        : { body: typeof request.body === "string" ? Buffer.from(request.body) : request.body }),
      allowHosts: request.allowHosts ?? [],
      headersTimeoutMs: request.headersTimeoutMs ?? 30_000,
      idleTimeoutMs: request.idleTimeoutMs ?? 30_000,
      totalTimeoutMs: request.totalTimeoutMs ?? 600_000,
      maxBytes: request.maxBytes ?? 10 * mebibyte,
      maxRedirects: request.maxRedirects ?? 5,
      secrets,
      signal: request.signal === undefined ? own : AbortSignal.any([own, request.signal]),
    });
  };
  return {
    fetch,
    async open(request) {
      const { bytes, ...head } = await fetch(request);
      return {
        ...head,
        body: (async function* () {
          yield bytes;
        })(),
      };
    },
  };
}
