import { nanobrainError } from "../../../errors/nanobrain-error.js";
import { decodeWindows1252, isWindows1252 } from "./windows-1252.js";

/** Bytes as text; a byte order mark is left out. Bytes that are none in that encoding throw E_PARSE. */
export function decodedText(bytes: Uint8Array, what: string, encoding = "utf-8"): string {
  if (isWindows1252(encoding)) return decodeWindows1252(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem =
      cause instanceof RangeError ? `the encoding ${encoding} is not known` : `it is not ${encoding.toUpperCase()}`;
    throw nanobrainError("E_PARSE", { what, format: "text", problem }, { cause });
  }
}

/** The encoding that a byte order mark of UTF-16 says. */
export function utf16Mark([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}
