import { type Http, type HttpAnswer, type HttpRequest, type NanobrainError, nanobrainError } from "@nanobrain/engine";
import { statusFault } from "@nanobrain/engine/steps";
import { counted } from "../counted.js";
import type { HostTurns } from "../host-turns.js";
import { pauseOf } from "../pause-of.js";
import type { AskEngine, SearchEngine } from "./search-engine.js";

export type LineOptions = {
  readonly http: Http;
  readonly turns: HostTurns;
  readonly signal: AbortSignal;
  readonly hasKey: boolean;
  readonly allowHosts: readonly string[];
  readonly email?: string;
  /** Longest pause for which a request waits here; for longer ones the engine fails. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  /** Called for each request. */
  readonly onRequest: () => void;
};

const tries = 3;
const pauses = { refusedMs: 10_000, brokenMs: 1_000, refusals: ["E_HTTP_STATUS", "E_SEARCH_RATE"] };

/** Asks an engine: in turn with all others that ask its host, again after the pause it wants. */
export function engineLine(engine: SearchEngine, options: LineOptions): AskEngine {
  const { turns, signal } = options;
  return async (url) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const interval = engine.intervalMs(options.hasKey);
        return await turns.take(url.host, interval, signal, () => once(engine, url, options));
      } catch (error) {
        const pauseMs = pauseOf(error, attempt, pauses);
        if (pauseMs === undefined || attempt === tries || pauseMs > options.maxWaitMs) throw error;
        turns.holdBack(url.host, pauseMs);
      }
    }
  };
}

async function once(engine: SearchEngine, url: URL, options: LineOptions): ReturnType<AskEngine> {
  const request: HttpRequest = {
    url: url.href,
    headers: { accept: "*/*", "user-agent": userAgent(options.email) },
    allowHosts: options.allowHosts,
    maxBytes: options.maxBytes,
    headersTimeoutMs: 60_000,
  };
  const answer = await counted(() => options.http.fetch(request), options.onRequest);
  const text = new TextDecoder().decode(answer.bytes);
  if (answer.isReplayed) options.turns.free(url.host);
  if (engine.isRateRefusal?.(text) === true) throw rateFault(engine, answer, text);
  if (answer.status >= 200 && answer.status <= 299) return { text, headers: answer.headers };
  const fault = statusFault("GET", { ...answer, start: startOf(text) }, Date.now());
  if (engine.isSpent?.(answer.status, text) !== true) throw fault;
  throw nanobrainError("E_SEARCH_BUDGET", { what: `${engine.service} says: ${startOf(text)}` }, { cause: fault });
}

/** Services ask programs to say who they are, and where their people can be reached. */
function userAgent(email: string | undefined): string {
  return email === undefined ? "nanobrain" : `nanobrain (mailto:${email.replace(/[^\w.+@-]/g, "")})`;
}

function startOf(text: string): string {
  const start = text.slice(0, 2_000).replace(/\s+/g, " ").trim();
  return start === "" ? "it said nothing" : start.slice(0, 300);
}

/** What services say with another status, or a good one, when they are asked too often. */
function rateFault(engine: SearchEngine, answer: HttpAnswer, text: string): NanobrainError {
  const refusal = statusFault("GET", { ...answer, status: 429, start: "" }, Date.now());
  const { retryAfterMs } = refusal.traits;
  return nanobrainError(
    "E_SEARCH_RATE",
    { service: engine.service, what: startOf(text).slice(0, 100) },
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}
