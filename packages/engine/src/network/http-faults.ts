import type { HttpHead } from "../contracts/http.js";
import { NanobrainError, nanobrainError } from "../errors/nanobrain-error.js";
import { kindOfNodeCode } from "../errors/node-codes.js";
import { shownUrl } from "./http-address.js";

const maxRetryAfterMs = 3_600_000;

/** The failure that an error of a connection or of its answer's decoding stands for. */
export function connectionFault(url: URL, cause: unknown): NanobrainError {
  if (cause instanceof NanobrainError) return cause;
  const code = codeOf(cause);
  const details = {
    url: shownUrl(url),
    what: plainWords(code) ?? (cause instanceof Error ? cause.message : String(cause)),
  };
  if (code !== "Z_BUF_ERROR" && /^(Z_|ERR_?_?(BROTLI|ERROR_FORMAT)|ERR__ERROR)/.test(code))
    return nanobrainError("E_HTTP_BODY", { ...details, what: "it is not compressed as it says" }, { cause });
  if (code === "ERR_INVALID_CHAR" || code === "ERR_INVALID_HTTP_TOKEN")
    return nanobrainError("E_HTTP_REQUEST", details, { cause });
  const kind = kindOfNodeCode(code) ?? "network";
  return nanobrainError("E_HTTP_NETWORK", details, { kind, cause });
}

function codeOf(cause: unknown): string {
  const { code, errors } = (cause ?? {}) as { readonly code?: unknown; readonly errors?: readonly unknown[] };
  if (typeof code === "string" && code !== "") return code;
  return errors === undefined || errors.length === 0 ? "" : codeOf(errors[0]);
}

function plainWords(code: string): string | undefined {
  switch (code) {
    case "ECONNREFUSED":
      return "nobody listens there";
    case "ENOTFOUND":
      return "its host is not known";
    case "EAI_AGAIN":
      return "names cannot be looked up now";
    case "ECONNRESET":
    case "EPIPE":
    case "Z_BUF_ERROR":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return "the connection was cut";
    default:
      return undefined;
  }
}

/** What a service asks for with `retry-after`: seconds or a date, at most an hour. Undefined: nothing that can be read. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  const wanted = /^\d{1,9}$/.test(text)
    ? Number(text) * 1000
    : /^[A-Z][a-z]{2}/.test(text)
      ? Date.parse(text) - nowMs
      : NaN;
  return Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), maxRetryAfterMs) : undefined;
}

/** The failure that a status stands for. `start`: how the answer begins. */
export function statusFault(
  method: string,
  answer: HttpHead & { readonly start: string },
  nowMs: number,
): NanobrainError {
  const { status } = answer;
  const details = { method, url: shownUrl(answer.url), status, body: answer.start };
  const later = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!later) return nanobrainError("E_HTTP_STATUS", details, { retryable: false, ...statusHint(status) });
  const pause = retryAfterMs(answer.headers["retry-after"], nowMs);
  return nanobrainError("E_HTTP_STATUS", details, {
    kind: "network",
    ...(pause === undefined ? {} : { retryAfterMs: pause }),
  });
}

function statusHint(status: number): { readonly hint?: string } {
  if (status === 401 || status === 403)
    return { hint: "Check the credentials: give them as ${secret:NAME} in headers." };
  if (status === 404 || status === 410) return { hint: "Check the address, or list the status in ok_status." };
  return {};
}
