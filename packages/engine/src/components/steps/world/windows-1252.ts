/** Code points of the bytes 0x80 to 0x9f; Node's own decoder has taken them for control characters in several versions. */
const upper = [
  0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
  0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
  0x017e, 0x0178,
];
const byteOf = new Map(upper.map((code, at) => [code, 0x80 + at]));

/** Whether an encoding's name means this one, as the web has it. */
export function isWindows1252(encoding: string): boolean {
  return /^(windows-1252|cp-?1252|x-cp1252|iso-?8859-?1|latin-?1|l1|(us-)?ascii)$/i.test(encoding.trim());
}

/** Text of bytes in Windows-1252, which the web also means by ISO-8859-1 and ASCII. */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (sign) => String.fromCharCode(upper[sign.charCodeAt(0) - 0x80] ?? 0));
}

/** The bytes of a text in Windows-1252; undefined: it has signs that are not there. */
export function encodeWindows1252(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const byte = byteOf.get(code) ?? (code < 0x100 ? code : undefined);
    if (byte === undefined) return undefined;
    bytes[at] = byte;
  }
  return bytes;
}
