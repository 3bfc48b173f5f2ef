import { type NanobrainError, nanobrainError } from "@nanobrain/engine";
import type { Dialect } from "../providers.js";

/** How a line begins that ends an answer, and only a whole one. */
const endMarks: { readonly [dialect in Dialect]: RegExp } = {
  openai: /^data:\s*\[DONE\]/,
  anthropic: /^(event:\s*message_stop|data:\s*\{\s*"type"\s*:\s*"message_stop")/,
};
const longestMark = 80;

/**
 * The parts of a streamed answer as they are; at their end it throws E_MODEL_CUT if the end mark was not among them, and before that
 * E_MODEL_MALFORMED for bytes that are no UTF-8.
 */
export async function* wholeStream(
  parts: AsyncIterable<Uint8Array>,
  dialect: Dialect,
  model: string,
): AsyncGenerator<Uint8Array> {
  const decode = strictDecoder(model);
  let line = "";
  let isWhole = false;
  for await (const part of parts) {
    const lines = `${line}${decode(part)}`.split(/\r\n|\n|\r/);
    isWhole ||= lines.some((text) => endMarks[dialect].test(text));
    line = lines.at(-1)?.slice(0, longestMark) ?? "";
    yield part;
  }
  decode();
  if (!isWhole) throw nanobrainError("E_MODEL_CUT", { model, what: "its end mark is missing" });
}

/** The parts of an answer that comes in one piece; bytes that are no UTF-8 throw E_MODEL_MALFORMED. */
export async function* strictText(parts: AsyncIterable<Uint8Array>, model: string): AsyncGenerator<Uint8Array> {
  const decode = strictDecoder(model);
  for await (const part of parts) {
    decode(part);
    yield part;
  }
  decode();
}

/** Text of bytes that come in pieces, cut anywhere; called without a piece at the end. */
function strictDecoder(model: string): (part?: Uint8Array) => string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const fault = (cause: unknown): NanobrainError =>
    nanobrainError("E_MODEL_MALFORMED", { model, what: "it holds bytes that are no UTF-8" }, { cause });
  return (part) => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true });
    } catch (cause) {
      throw fault(cause);
    }
  };
}
