/** Ranges of code points, both ends included, in rising order. */
export type FontSigns = readonly (readonly [first: number, last: number])[];

/** Which signs a TrueType or OpenType font draws: its `cmap` table, of Unicode. A file that is no font has none. */
export function fontSigns(bytes: Buffer): FontSigns {
  try {
    const cmap = tableAt(bytes, "cmap");
    const tables = cmap === undefined ? [] : subtables(bytes, cmap);
    return tables.flatMap((at) => rangesOf(bytes, at)).sort((a, b) => a[0] - b[0]);
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

export function hasSign(signs: FontSigns, code: number): boolean {
  let low = 0;
  let high = signs.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = signs[middle] ?? [0, 0];
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return true;
  }
  return false;
}

function tableAt(bytes: Buffer, name: string): number | undefined {
  const count = bytes.readUInt16BE(4);
  for (let at = 12; at < 12 + count * 16; at += 16)
    if (bytes.toString("latin1", at, at + 4) === name) return bytes.readUInt32BE(at + 8);
  return undefined;
}

/** Where the tables for Unicode lie: the full one, else that of its first plane. */
function subtables(bytes: Buffer, cmap: number): readonly number[] {
  const found = new Map<number, number>();
  for (let index = 0; index < bytes.readUInt16BE(cmap + 2); index++) {
    const at = cmap + 4 + index * 8;
    const [platform, encoding] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const isUnicode = platform === 0 || (platform === 3 && (encoding === 1 || encoding === 10));
    const table = cmap + bytes.readUInt32BE(at + 4);
    if (isUnicode) found.set(bytes.readUInt16BE(table), table);
  }
  const best = found.get(12) ?? found.get(4);
  return best === undefined ? [] : [best];
}

function rangesOf(bytes: Buffer, at: number): (readonly [number, number])[] {
  if (bytes.readUInt16BE(at) === 12) {
    const count = bytes.readUInt32BE(at + 12);
    return Array.from({ length: count }, (_, group) => {
      const place = at + 16 + group * 12;
      return [bytes.readUInt32BE(place), bytes.readUInt32BE(place + 4)] as const;
    });
  }
  const segments = bytes.readUInt16BE(at + 6) / 2;
  return Array.from({ length: segments }, (_, segment) => {
    const last = bytes.readUInt16BE(at + 14 + segment * 2);
    return [bytes.readUInt16BE(at + 16 + segments * 2 + segment * 2), last] as const;
  }).filter(([first]) => first !== 0xffff);
}
