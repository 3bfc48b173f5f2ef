import { type NanobrainError, nanobrainError } from "@nanobrain/engine";
import { secretMask } from "@nanobrain/engine/steps";
import type { Endpoint } from "./endpoint.js";
import { toldWaitMs } from "./told-wait.js";

export type BadAnswer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** How its body begins. */
  readonly start: string;
};

type Told = { readonly status: number; readonly words: string; readonly said: string };

const tooLong =
  /context_length_exceeded|exceed_context_size|maximum context length|context (window|size|length)|prompt is too long|input is too long|request too large|too many (input )?tokens|exceeds? .{0,40}(token|context)/i;
const unpaid =
  /insufficient_quota|insufficient[ _](credit|balance|funds)|credit balance|billing_(hard_limit|not_active)|exceeded your current quota/i;
const refusing = /content[ _](filter|policy)|moderation|flagged|safety (system|setting)|usage polic/i;

/** The failure that an answer with another status than success stands for. */
export function statusFault(endpoint: Endpoint, answer: BadAnswer, nowMs: number): NanobrainError {
  const said = saidBy(endpoint, answer);
  const told = { status: answer.status, words: answer.start, said };
  return (
    accountFault(endpoint, told) ??
    (isLater(told) ? laterFault(endpoint, answer, said, nowMs) : requestFault(endpoint, told))
  );
}

/** The failure that an error in the midst of a streamed answer stands for. */
export function streamFault(endpoint: Endpoint, error: unknown, nowMs: number): NanobrainError {
  const start = typeof error === "string" ? error : (JSON.stringify({ error }) ?? "");
  const status = /overloaded|rate.?limit/i.test(start)
    ? 529
    : /"(code|status)":\s*"?[45]\d\d/.test(start)
      ? codeIn(start)
      : 500;
  return statusFault(endpoint, { status, headers: {}, start }, nowMs);
}

const codeIn = (text: string): number => Number(/"(?:code|status)":\s*"?([45]\d\d)/.exec(text)?.[1] ?? 500);

function isLater({ status }: Told): boolean {
  return status === 408 || status === 409 || status === 425 || status === 429 || status >= 500;
}

/** What only the account's owner can mend. */
function accountFault(endpoint: Endpoint, { status, words, said }: Told): NanobrainError | undefined {
  const model = endpoint.name;
  const details = { model, what: said, status };
  if (status < 529 && tooLong.test(words) && status !== 503) return nanobrainError("E_MODEL_CONTEXT", details);
  if (status === 413) return nanobrainError("E_MODEL_CONTEXT", details);
  if (status === 402 || (unpaid.test(words) && !/RESOURCE_EXHAUSTED/.test(words)))
    return nanobrainError("E_MODEL_QUOTA", details);
  if ((status === 400 || status === 403) && refusing.test(words)) return nanobrainError("E_MODEL_REFUSED", details);
  if (status === 401 || status === 403) return keyFault(endpoint, said);
  return undefined;
}

/** A key that is missing or not accepted. */
export function keyFault(endpoint: Pick<Endpoint, "name" | "keyName">, what: string): NanobrainError {
  const { name, keyName } = endpoint;
  const hint =
    keyName === undefined
      ? "Give the service's key as api_key: ${secret:NAME}."
      : `Set ${keyName} in the environment or in .env beside the document, or give api_key: \${secret:NAME}.`;
  return nanobrainError("E_MODEL_KEY", { model: name, what }, { hint });
}

function laterFault(endpoint: Endpoint, answer: BadAnswer, said: string, nowMs: number): NanobrainError {
  const { status } = answer;
  const pause = toldWaitMs(answer.headers, answer.start, nowMs);
  const traits = pause === undefined ? {} : { retryAfterMs: pause };
  const code = status === 429 || status === 529 ? "E_MODEL_RATE" : "E_MODEL_DOWN";
  return nanobrainError(code, { model: endpoint.name, what: said, status }, traits);
}

function requestFault(endpoint: Endpoint, { status, words, said }: Told): NanobrainError {
  const details = { model: endpoint.name, what: said, status };
  const place = `Check base_url (${endpoint.baseUrl}): most end with /v1.`;
  if (status === 404 && /model/i.test(words))
    return nanobrainError("E_MODEL_UNKNOWN", details, { hint: unknownHint(endpoint) });
  if (status === 404 || status === 405 || (status >= 300 && status < 400))
    return nanobrainError("E_MODEL_REQUEST", details, { hint: place });
  if (/model.{0,60}(not found|does not exist|not exist|unknown|invalid)|invalid.{0,20}model/i.test(said))
    return nanobrainError("E_MODEL_UNKNOWN", details, { hint: unknownHint(endpoint) });
  return nanobrainError("E_MODEL_REQUEST", details);
}

function unknownHint({ provider, model }: Endpoint): string {
  return provider === "ollama" ? `Fetch it first: ollama pull ${model}` : "Look up the model's name at the provider.";
}

const longest = 300;

/** What the service said, in one line and without the key. */
function saidBy(endpoint: Endpoint, { status, start, headers }: BadAnswer): string {
  const isPage = /^\s*<(!doctype|html)/i.test(start) || /text\/html/i.test(headers["content-type"] ?? "");
  const said = isPage ? "a web page, which is no answer" : messageIn(start);
  const key = endpoint.apiKey;
  const mask = key === undefined ? undefined : secretMask({ key });
  const line = (mask?.(said) ?? said).replace(/\s+/g, " ").trim();
  const cut = line.length > longest ? `${line.slice(0, longest)}...` : line;
  return cut === "" ? `status ${status}` : `${status}, ${mask?.cut(cut) ?? cut}`;
}

/** The message of an error body in one of the usual forms, else the body. */
function messageIn(start: string): string {
  try {
    const body: unknown = JSON.parse(start);
    const first: unknown = Array.isArray(body) ? body[0] : body;
    const { error, message, detail } = (first ?? {}) as { error?: unknown; message?: unknown; detail?: unknown };
    const inner = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
    const text = [inner, message, detail].find((one) => typeof one === "string");
    return typeof text === "string" ? text : Object.keys(first ?? {}).length === 0 ? "" : start;
  } catch {
    return start;
  }
}
