import { decodeWindows1252, isWindows1252 } from "@nanobrain/engine/steps";

const sniffedBytes = 2_048;

/**
 * Text of an answer: by its byte order mark, else what its content type says, else what the document itself says (`<meta charset>`,
 * XML's `encoding`), else UTF-8 if it is, else Windows-1252. What cannot be read becomes U+FFFD.
 */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): string {
  const marked = byMark(bytes);
  const said = marked ?? charsetOf(contentType) ?? saidInside(bytes);
  if (said !== undefined && isWindows1252(said)) return decodeWindows1252(bytes);
  if (said !== undefined) return decoderOf(said)?.decode(bytes) ?? guessed(bytes);
  return guessed(bytes);
}

function byMark(bytes: Uint8Array): string | undefined {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  return a === 0xfe && b === 0xff ? "utf-16be" : undefined;
}

function charsetOf(contentType: string | undefined): string | undefined {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType ?? "")?.[1];
}

function saidInside(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, sniffedBytes)).toString("latin1");
  const xml = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)/i.exec(start)?.[1];
  const said = xml ?? /<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]+)/i.exec(start)?.[1];
  // Who could be read so far is not in UTF-16, whatever it says.
  return said !== undefined && /^utf-?16/i.test(said) ? "utf-8" : said;
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

function guessed(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeWindows1252(bytes);
  }
}
