import { nanobrainError } from "../../../errors/nanobrain-error.js";

/** Bytes as text; a byte order mark is left out. Bytes that are none in that encoding throw E_PARSE. */
export function decodedText(bytes: Uint8Array, what: string, encoding = "utf-8"): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem =
      cause instanceof RangeError ? `the encoding ${encoding} is not known` : `it is not ${encoding.toUpperCase()}`;
    throw nanobrainError("E_PARSE", { what, format: "text", problem }, { cause });
  }
}
