import type { HttpStream, JsonObject } from "@nanobrain/engine";
import { nanobrainError } from "@nanobrain/engine";
import type { ModelSurroundings } from "../model.js";
import { statusFault, streamFault } from "./answer-faults.js";
import { connectionFault } from "./connection-faults.js";
import type { Endpoint } from "./endpoint.js";
import { strictText, wholeStream } from "./whole-stream.js";

/** How much of a refused answer is looked at. */
const startBytes = 16_384;

/**
 * What the provider's library fetches with: the guarded network of the step. Anything but the answer that was asked for is thrown as the
 * failure it stands for, before the library sees it, and nothing of it is ever parsed as an answer. `now`: epoch ms.
 */
export function modelFetch(endpoint: Endpoint, around: ModelSurroundings, now: () => number): typeof fetch {
  return async (input, init) => {
    const stream = await opened(endpoint, around, String(input), init);
    const { status, headers } = stream;
    const isGood = status >= 200 && status < 300 && hasKind(headers["content-type"], endpoint.streaming);
    if (!isGood) throw await badAnswer(endpoint, stream, now);
    const parts = told(endpoint, stream.body);
    const body = endpoint.streaming
      ? wholeStream(parts, endpoint.dialect, endpoint.name)
      : strictText(parts, endpoint.name);
    return new Response(streamOf(body), { status, headers });
  };
}

async function opened(
  endpoint: Endpoint,
  around: ModelSurroundings,
  url: string,
  init: RequestInit | undefined,
): Promise<HttpStream> {
  const headers = Object.fromEntries(new Headers(init?.headers).entries());
  try {
    return await around.http.open({
      method: "POST",
      url,
      headers: { ...headers, "idempotency-key": around.idempotencyKey },
      body: bodyOf(endpoint, init?.body),
      allowHosts: endpoint.allowHosts,
      headersTimeoutMs: endpoint.firstByteTimeoutMs,
      idleTimeoutMs: endpoint.idleTimeoutMs,
      totalTimeoutMs: endpoint.totalTimeoutMs,
      maxBytes: endpoint.maxBytes,
      maxRedirects: 0,
      signal: around.signal,
    });
  } catch (error) {
    throw connectionFault(endpoint.name, error, "head");
  }
}

/** The library's body with the fields that the document adds. */
function bodyOf({ options }: Endpoint, body: RequestInit["body"]): string {
  const text = typeof body === "string" ? body : "{}";
  if (Object.keys(options).length === 0) return text;
  return JSON.stringify({ ...(JSON.parse(text) as JsonObject), ...options });
}

/** The parts as a stream that lets go of them when nobody reads on. */
function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  });
}

/** A kind that is not given is taken for the right one. */
function hasKind(type: string | undefined, streaming: boolean): boolean {
  if (type === undefined) return true;
  return streaming ? /event-stream/i.test(type) : /json/i.test(type);
}

async function badAnswer(endpoint: Endpoint, stream: HttpStream, now: () => number): Promise<unknown> {
  const start = await beginning(endpoint, stream);
  const { status, headers } = stream;
  const isError = status < 200 || status >= 300;
  if (isError) return statusFault(endpoint, { status, headers, start }, now());
  if (/^\s*[[{].*"error"/s.test(start)) return streamFault(endpoint, start, now());
  const kind = headers["content-type"]?.split(";")[0] ?? "nothing known";
  const hint = `Check base_url (${endpoint.baseUrl}), or set streaming: ${String(!endpoint.streaming)}.`;
  const what = `${kind} came instead of an answer`;
  return nanobrainError("E_MODEL_DOWN", { model: endpoint.name, what, status }, { hint });
}

async function beginning(endpoint: Endpoint, stream: HttpStream): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of stream.body) {
      parts.push(part);
      sizeBytes += part.byteLength;
      if (sizeBytes >= startBytes) break;
    }
  } catch (error) {
    const isError = stream.status < 200 || stream.status >= 300;
    if (!isError) throw connectionFault(endpoint.name, error, "body");
  }
  return Buffer.concat(parts).subarray(0, startBytes).toString("utf8");
}

/** The body with failures of the network told as those of the model. */
async function* told(endpoint: Endpoint, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionFault(endpoint.name, error, "body");
  }
}
