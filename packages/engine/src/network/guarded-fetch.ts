import type { IncomingMessage } from "node:http";
import type { HttpAnswer, HttpHead, HttpStream } from "../contracts/http.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import { checkedAddresses, type Lookup, readUrl, shownUrl, systemLookup } from "./http-address.js";
import { acceptedEncodings, bodyParts } from "./http-body.js";
import { exchange } from "./http-exchange.js";
import { connectionFault } from "./http-faults.js";
import { type Patience, patience } from "./patience.js";

export type GuardedRequest = {
  readonly method: string;
  readonly url: string;
  /** Names in small letters. */
  readonly headers: { readonly [name: string]: string };
  readonly body?: Uint8Array;
  /** Hosts, or `host:port`, that may be reached although their addresses are private. */
  readonly allowHosts: readonly string[];
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** Of the answer's body, before and after decompressing. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** Texts that may not be sent on to another host in a body. */
  readonly secrets: readonly string[];
  readonly signal: AbortSignal;
  readonly lookup?: Lookup;
};

type Hop = {
  readonly method: string;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  readonly body: Uint8Array | undefined;
};

const redirects: readonly number[] = [301, 302, 303, 307, 308];
/** All that another host gets to see when a redirect leads there. */
const harmless = ["accept", "accept-encoding", "accept-language", "content-type", "idempotency-key", "user-agent"];

/**
 * Opens an answer over http or https. F1. Every host on the way is resolved once, all its addresses are checked, and only these are
 * connected to. F2. Each redirect is checked like the first address; another origin gets no headers that could hold secrets.
 * F3. The answer is bounded in bytes and in time. F4. No proxy, no cookies, no cache. Throws E_HTTP_...; any status is an answer.
 * A body that is not read to its end is to be left by `return`; the limit of the whole call ends it at last.
 */
export async function guardedOpen(request: GuardedRequest): Promise<HttpStream> {
  const headers = { "accept-encoding": acceptedEncodings, ...request.headers };
  let hop: Hop = { method: request.method, url: readUrl(request.url), headers, body: request.body };
  const limits = patience(request.signal, request.totalTimeoutMs, shownUrl(hop.url));
  try {
    for (let followed = 0; ; followed++) {
      const answer = await send(hop, request, limits);
      limits.rest();
      const target = redirectTarget(answer, hop, request);
      if (target === undefined) return streamOf(answer, hop.url, request, limits);
      answer.destroy();
      if (followed >= request.maxRedirects)
        throw redirectFault(hop.url, `more than ${request.maxRedirects} redirects follow each other`);
      hop = nextHop(hop, target, answer.statusCode ?? 0, request.secrets);
    }
  } catch (error) {
    limits.stop();
    throw limits.reason() ?? connectionFault(hop.url, error);
  }
}

/** The whole answer, by the rules of `guardedOpen`. */
export async function guardedFetch(request: GuardedRequest): Promise<HttpAnswer> {
  return wholeAnswer(await guardedOpen(request));
}

/** Reads the body to its end. */
export async function wholeAnswer({ body, ...head }: HttpStream): Promise<HttpAnswer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return { ...head, bytes: Buffer.concat(parts) };
}

function streamOf(answer: IncomingMessage, url: URL, request: GuardedRequest, limits: Patience): HttpStream {
  const head: HttpHead = { url, status: answer.statusCode ?? 0, headers: plainHeaders(answer) };
  const { maxBytes: limitBytes, idleTimeoutMs } = request;
  return { ...head, body: bodyParts(answer, url, { limitBytes, idleTimeoutMs, patience: limits }) };
}

function send(hop: Hop, request: GuardedRequest, limits: Patience): Promise<IncomingMessage> {
  limits.waitFor("its answer", request.headersTimeoutMs, shownUrl(hop.url));
  const head = async (): Promise<IncomingMessage> => {
    const addresses = await checkedAddresses(hop.url, request.allowHosts, request.lookup ?? systemLookup);
    return exchange({ ...hop, addresses, signal: limits.signal });
  };
  return limits.orAborted(head());
}

/** Header names in small letters; cookies are left out, as they are secrets of a session that is not kept. */
function plainHeaders(answer: IncomingMessage): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(answer.headers).flatMap(([name, value]) =>
      typeof value === "string" && name !== "set-cookie" ? [[name, value] as const] : [],
    ),
  );
}

function redirectFault(url: URL, what: string): Error {
  return nanobrainError("E_HTTP_REDIRECT", { url: shownUrl(url), what }, { retryable: false });
}

function redirectTarget(answer: IncomingMessage, hop: Hop, request: GuardedRequest): URL | undefined {
  if (request.maxRedirects === 0 || !redirects.includes(answer.statusCode ?? 0)) return undefined;
  const { location } = answer.headers;
  if (location === undefined) return undefined;
  try {
    return readUrl(location, hop.url);
  } catch (cause) {
    answer.destroy();
    throw nanobrainError(
      "E_HTTP_REDIRECT",
      { url: shownUrl(hop.url), what: "it leads to no allowed address" },
      { retryable: false, cause },
    );
  }
}

function nextHop(hop: Hop, url: URL, status: number, secrets: readonly string[]): Hop {
  const becomesGet =
    status === 303 ? hop.method !== "HEAD" : (status === 301 || status === 302) && hop.method === "POST";
  const elsewhere = url.origin !== hop.url.origin;
  const body = becomesGet ? undefined : hop.body;
  if (elsewhere && body !== undefined && holdsSecret(body, secrets))
    throw redirectFault(hop.url, "the body holds a secret and it leads to another host");
  const kept = Object.entries(hop.headers).filter(
    ([name, value]) =>
      (!elsewhere || (harmless.includes(name) && !secrets.some((secret) => value.includes(secret)))) &&
      (!becomesGet || !name.startsWith("content-")),
  );
  return { method: becomesGet ? "GET" : hop.method, url, headers: Object.fromEntries(kept), body };
}

function holdsSecret(body: Uint8Array, secrets: readonly string[]): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return secrets.some(
    (secret) => secret !== "" && (bytes.includes(secret) || bytes.includes(JSON.stringify(secret).slice(1, -1))),
  );
}
