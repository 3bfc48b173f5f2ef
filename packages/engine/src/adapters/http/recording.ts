import { createHash } from "node:crypto";
import type { HttpAnswer } from "../../contracts/http.js";
import { looksSecret } from "../../document/secrets.js";
import type { GuardedRequest } from "../../network/guarded-fetch.js";
import { canonicalJson } from "../../plan/canonical-json.js";

/** Bytes as one may read them: text where they are UTF-8, else base64. In files written by hand also a JSON value. Absent: none. */
export type RecordedBody = { readonly text: string } | { readonly base64: string } | { readonly json: unknown };

export type RecordedRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** `any`: in files written by hand, of requests whose body does not matter. */
  readonly body?: RecordedBody | "any";
  /** SHA-256 of the body as it is compared: texts that are JSON without their white space and the order of their keys. */
  readonly body_hash?: string;
};

export type RecordedAnswer = {
  readonly status: number;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: RecordedBody;
};

/** One file: a request and the answers it got, in order. */
export type Recording = {
  readonly format: 1;
  readonly request: RecordedRequest;
  readonly answers: readonly RecordedAnswer[];
};

const hidden = "(hidden)";
/** Headers that say nothing of what is asked for, or differ each time. */
const passing = ["accept", "accept-encoding", "user-agent", "idempotency-key", "content-length", "date", "connection"];

/** The request as it is recorded and compared: nothing secret is left in it. */
export function recordedRequest(request: GuardedRequest): RecordedRequest {
  const hide = hiding(request.secrets);
  const body = request.body === undefined ? undefined : recordedBody(request.body, hide);
  return {
    method: request.method,
    url: hiddenUrl(request.url, hide),
    headers: recordedHeaders(request.headers, hide),
    ...(body === undefined ? {} : { body, body_hash: bodyHash(body) }),
  };
}

export function recordedAnswer(answer: HttpAnswer, secrets: readonly string[]): RecordedAnswer {
  const hide = hiding(secrets);
  return {
    status: answer.status,
    url: hiddenUrl(String(answer.url), hide),
    headers: recordedHeaders(answer.headers, hide),
    ...(answer.bytes.byteLength === 0 ? {} : { body: recordedBody(answer.bytes, hide) }),
  };
}

export function answerOf({ status, url, headers, body }: RecordedAnswer): HttpAnswer {
  return { status, url: new URL(url), headers, bytes: bytesOf(body) };
}

function bytesOf(body: RecordedBody | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array();
  if ("base64" in body) return new Uint8Array(Buffer.from(body.base64, "base64"));
  return new TextEncoder().encode("text" in body ? body.text : JSON.stringify(body.json));
}

function bodyHash(body: RecordedBody): string {
  const text =
    "base64" in body ? `base64 ${body.base64}` : "text" in body ? comparedText(body.text) : canonicalJson(body.json);
  return createHash("sha256").update(text).digest("hex");
}

function comparedText(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return text;
  }
}

/** What makes two requests the same. Parameters that were hidden, such as a key, say nothing of what is asked for. */
export function keyOf({ method, url, body_hash }: Pick<RecordedRequest, "method" | "url" | "body_hash">): string {
  return JSON.stringify([method, withoutHidden(url), body_hash ?? ""]);
}

function withoutHidden(url: string): string {
  const shown = new URL(url);
  for (const [name, value] of [...shown.searchParams]) if (value === hidden) shown.searchParams.delete(name);
  return String(shown);
}

/** The key of a recording that answers whatever the body is. */
export const anyBodyKey = ({ method, url }: RecordedRequest): string => keyOf({ method, url, body_hash: "any" });

/** `get-api.example.org-search-1a2b3c4d.json`. */
export function fileNameOf(request: RecordedRequest): string {
  const { host, pathname } = new URL(request.url);
  const words = `${request.method}-${host}${pathname}`
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .slice(0, 80);
  const hash = createHash("sha256").update(keyOf(request)).digest("hex").slice(0, 8);
  return `${words.replace(/-$/, "")}-${hash}.json`;
}

/** What a file holds, with what one who wrote it by hand may leave out; undefined: it is no recording. */
export function readRecording(value: unknown): Recording | undefined {
  const { format, request, answers } = (value ?? {}) as Partial<Recording>;
  if (format !== 1 || !Array.isArray(answers) || answers.length === 0) return undefined;
  const { method = "GET", url, headers = {}, body } = (request ?? {}) as Partial<RecordedRequest>;
  if (typeof url !== "string" || !URL.canParse(url)) return undefined;
  const hash = body === undefined ? {} : { body, body_hash: body === "any" ? "any" : bodyHash(body) };
  return {
    format: 1,
    request: { method: method.toUpperCase(), url: String(new URL(url)), headers, ...hash },
    answers: (answers as readonly Partial<RecordedAnswer>[]).map((answer) => ({
      status: 200,
      url,
      headers: {},
      ...answer,
    })),
  };
}

type Hide = (text: string) => string;

function hiding(secrets: readonly string[]): Hide {
  const longest = secrets.filter((secret) => secret !== "").sort((a, b) => b.length - a.length);
  const forms = longest.flatMap((secret) => [
    ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
  ]);
  return (text) => forms.reduce((shown, form) => shown.replaceAll(form, hidden), text);
}

function hiddenUrl(url: string, hide: Hide): string {
  const shown = new URL(hide(url));
  for (const name of new Set(shown.searchParams.keys()))
    if (looksSecret(name) || /^(key|sig|signature)$/i.test(name)) shown.searchParams.set(name, hidden);
  return String(shown);
}

function recordedHeaders(
  headers: { readonly [name: string]: string },
  hide: Hide,
): { readonly [name: string]: string } {
  const kept = Object.entries(headers).filter(([name]) => !passing.includes(name));
  return Object.fromEntries(
    kept.sort().map(([name, value]) => [name, looksSecret(name) || /-key$/.test(name) ? hidden : hide(value)]),
  );
}

function recordedBody(bytes: Uint8Array, hide: Hide): RecordedBody {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text: hiddenFields(hide(text)) };
  } catch {
    const text = hide(Buffer.from(bytes).toString("latin1"));
    return { base64: Buffer.from(text, "latin1").toString("base64") };
  }
}

/** Texts in JSON under names such as `access_token`. Text that is no JSON stays as it is. */
function hiddenFields(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    let found = false;
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      if (typeof inner !== "string" || !looksSecret(key)) return inner;
      found = true;
      return hidden;
    });
    return found ? JSON.stringify(value) : text;
  } catch {
    return text;
  }
}
