/** A file's text without byte order mark, or where its bytes stop being UTF-8. */
export type Decoded =
  | { readonly text: string }
  | { readonly text: string; readonly problem: string; readonly offset: number };

/** `text` of a faulty file is what could be read before `offset`, which is an index into it. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  if (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff)) {
    return { text: "", problem: "File is UTF-16, UTF-8 is expected", offset: 0 };
  }
  const content = startsWith(bytes, 0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes;
  const text = strictly(content, false);
  if (text !== undefined) return { text };
  const valid = wholeCharacters(content, validLength(content));
  const before = strictly(content.subarray(0, valid), true) ?? "";
  const byte = content[valid] ?? 0;
  const problem = `File is not UTF-8: byte 0x${byte.toString(16).padStart(2, "0").toUpperCase()} cannot stand here`;
  return { text: `${before}\ufffd`, problem, offset: before.length };
}

/** Length of the longest valid beginning, which may stop in the middle of a character. */
function validLength(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (strictly(bytes.subarray(0, middle), true) === undefined) high = middle - 1;
    else low = middle;
  }
  return low;
}

function strictly(bytes: Uint8Array, stream: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream });
  } catch {
    return undefined;
  }
}

/** The same length without the beginning of a character at its end. */
function wholeCharacters(bytes: Uint8Array, length: number): number {
  let whole = length;
  while (whole > length - 4 && strictly(bytes.subarray(0, whole), false) === undefined) whole--;
  return whole;
}

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}
