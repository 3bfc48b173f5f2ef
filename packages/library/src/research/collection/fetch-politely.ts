import type { HttpAnswer, HttpRequest } from "@nanobrain/engine";
import { statusFault } from "@nanobrain/engine/steps";
import { counted } from "../counted.js";
import { pauseOf } from "../pause-of.js";
import type { Collecting } from "./collecting.js";
import { decodeText } from "./web/decode-text.js";

export type Politeness = {
  readonly url: URL;
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
  readonly intervalMs: number;
  /** Statuses below 500, besides those of success, that are an answer too. */
  readonly takesRefusals?: true;
};

export type Fetched = { readonly answer: HttpAnswer; readonly text: string; readonly requests: number };

const tries = 3;
const pauses = { refusedMs: 5_000, brokenMs: 1_000, refusals: ["E_HTTP_STATUS"] };

/** Asks when it is the host's turn, and again after the pause that it asks for, three times at most. */
export async function fetchPolitely(wanted: Politeness, collecting: Collecting): Promise<Fetched> {
  const { turns, context, maxWaitMs } = collecting;
  const { url, intervalMs } = wanted;
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await turns.take(url.host, intervalMs, context.signal, () => once(wanted, collecting));
      if (answer.isReplayed) turns.free(url.host);
      return { answer, text: decodeText(answer.bytes, answer.headers["content-type"]), requests: attempt };
    } catch (error) {
      context.signal.throwIfAborted();
      const pauseMs = pauseOf(error, attempt, pauses);
      if (pauseMs === undefined || attempt === tries || pauseMs > maxWaitMs) throw error;
      turns.holdBack(url.host, pauseMs);
    }
  }
}

async function once(wanted: Politeness, collecting: Collecting): Promise<HttpAnswer> {
  const { config, context, timeoutMs, maxBytes } = collecting;
  const { url, method = "GET", headers = {}, body } = wanted;
  const credentials = config.credentials[url.host] ?? config.credentials[url.hostname] ?? {};
  const request: HttpRequest = {
    method,
    url: url.href,
    headers: { "user-agent": config.user_agent, ...lowered(headers), ...lowered(credentials) },
    allowHosts: config.allow_hosts,
    headersTimeoutMs: timeoutMs,
    totalTimeoutMs: timeoutMs,
    maxBytes,
    ...(body === undefined ? {} : { body }),
  };
  const answer = await counted(() => context.http.fetch(request), collecting.onRequest);
  const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (wanted.takesRefusals === true && isRefusal) return answer;
  throw statusFault(method, { ...answer, start: startOf(answer) }, Date.now());
}

function lowered(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function startOf({ bytes, headers }: HttpAnswer): string {
  const text = decodeText(bytes.subarray(0, 2_000), headers["content-type"]).replace(/\s+/g, " ").trim();
  return text === "" ? "it said nothing" : text.slice(0, 300);
}
