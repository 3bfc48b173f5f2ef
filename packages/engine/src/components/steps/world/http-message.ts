import type { StepContext } from "../../../contracts/component.js";
import type { HttpAnswer } from "../../../contracts/http.js";
import { type FileValue, isFileValue, type Json } from "../../../contracts/json.js";
import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { parseText, type TextFormat } from "../parse-text.js";
import { decodedText } from "./decoded-text.js";

export type RequestBody = { readonly bytes: Uint8Array; readonly mediaType: string };

/** What is sent: a file's bytes, a text as it is (named JSON if it is an object or list of it), anything else as JSON. */
export async function requestBody(
  body: Json | undefined,
  context: Pick<StepContext, "read">,
): Promise<RequestBody | undefined> {
  if (body === undefined) return undefined;
  if (isFileValue(body)) return { bytes: await context.read(body), mediaType: body.media_type };
  if (typeof body !== "string") return { bytes: Buffer.from(JSON.stringify(body)), mediaType: "application/json" };
  return {
    bytes: Buffer.from(body),
    mediaType: looksLikeJson(body) ? "application/json" : "text/plain; charset=utf-8",
  };
}

function looksLikeJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Headers that say how a message is sent; the engine alone decides that. */
export const ownHeaders: readonly string[] = [
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Filled-in headers, names in small letters. Throws E_HTTP_REQUEST for a value that a header cannot hold. */
export function requestHeaders(headers: Json | undefined, url: string): { readonly [name: string]: string } {
  const entries = Object.entries((headers ?? {}) as { readonly [name: string]: Json });
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
        const what = `header ${name} holds a line end or a character that headers cannot hold`;
        throw nanobrainError("E_HTTP_REQUEST", { url: url.split(/[?#]/)[0] ?? "", what });
      }
      return [name.toLowerCase(), text];
    }),
  );
}

/** An answer as plain data, as it is recorded: its text, or a file value where it is no text or a file is asked for. */
export type RecordedAnswer = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly text: string | null;
  readonly file: FileValue | null;
};

export type AnswerParse = TextFormat | "auto" | "file";

/** Makes plain data of an answer. Throws E_PARSE for text that is none. */
export async function recordedAnswer(
  answer: HttpAnswer,
  parse: AnswerParse,
  context: StepContext,
): Promise<RecordedAnswer> {
  const { status, headers } = answer;
  const [mediaType = "", charset = "utf-8"] = contentType(headers["content-type"]);
  if (parse === "file" || (parse === "auto" && !isText(mediaType) && answer.bytes.byteLength > 0)) {
    const name = answer.url.pathname.split("/").at(-1) || "answer";
    const file = await context.keep(safeName(name), answer.bytes, mediaType === "" ? undefined : mediaType);
    return { status, headers, text: null, file };
  }
  return { status, headers, text: decodedText(answer.bytes, "the answer", charset), file: null };
}

/** The value of an answer's body; null: it has none. Throws E_PARSE. */
export function bodyValue(answer: RecordedAnswer, parse: AnswerParse, warn: (text: string) => void): Json {
  if (answer.text === null) return answer.file;
  const isEmpty = answer.text === "" && parse !== "text";
  if (isEmpty) return null;
  const format = parse === "auto" || parse === "file" ? autoFormat(answer) : parse;
  const { value, problems } = parseText(answer.text, format, { what: "the answer" });
  for (const { line, problem } of problems) warn(`the answer, line ${line}: ${problem}`);
  return value;
}

function autoFormat(answer: RecordedAnswer): TextFormat {
  const [mediaType = ""] = contentType(answer.headers["content-type"]);
  return isJson(mediaType) ? "json" : "text";
}

function contentType(header: string | undefined): readonly [string?, string?] {
  if (header === undefined) return [];
  const mediaType = header.split(";")[0]?.trim().toLowerCase() ?? "";
  const charset = /;\s*charset="?([^";\s]+)/i.exec(header)?.[1]?.toLowerCase();
  return charset === undefined ? [mediaType] : [mediaType, charset];
}

const isJson = (mediaType: string): boolean => /^application\/(json|[\w.+-]+\+json)$/.test(mediaType);

function isText(mediaType: string): boolean {
  if (mediaType === "" || isJson(mediaType)) return true;
  return /^text\/|^application\/(xml|[\w.+-]+\+xml|javascript|x-ndjson|jsonl|yaml|x-www-form-urlencoded|graphql)$/.test(
    mediaType,
  );
}

/** A base name out of an address, which may hold anything. */
function safeName(name: string): string {
  return name.replace(/[^\w.-]/g, "_").slice(0, 100);
}
