import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

export type ZipPart = { readonly name: string; readonly bytes: Buffer };

/** The parts of a zip file that we made ourselves: its directory is taken at its word. */
export function readZip(zip: Buffer): readonly ZipPart[] {
  const end = zip.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  const parts: ZipPart[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameSize, extraSize, commentSize] = [
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const head = zip.readUInt32LE(at + 42);
    const from = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const content = zip.subarray(from, from + packed);
    parts.push({
      name: zip.toString("utf8", at + 46, at + 46 + nameSize),
      bytes: method === 0 ? content : inflateRawSync(content),
    });
    at += 46 + nameSize + extraSize + commentSize;
  }
  return parts;
}

/** A zip file whose bytes follow from its parts alone; each is dated to the first day that zip files know. */
export function writeZip(parts: readonly ZipPart[]): Buffer {
  const written: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of parts) {
    const packed = deflateRawSync(bytes, { level: 9 });
    const path = Buffer.from(name, "utf8");
    const common = commonFields(bytes, packed, path);
    const local = Buffer.concat([uint32(0x04034b50), common, uint16(0), path, packed]);
    const place = Buffer.concat([uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(offset)]);
    directory.push(Buffer.concat([uint32(0x02014b50), uint16(20), common, place, path]));
    written.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const count = uint16(parts.length);
  const end = Buffer.concat([
    uint32(0x06054b50),
    uint16(0),
    uint16(0),
    count,
    count,
    uint32(listed.length),
    uint32(offset),
    uint16(0),
  ]);
  return Buffer.concat([...written, listed, end]);
}

/** What the head of a part and its line in the directory have in common, up to the length of its name. */
function commonFields(bytes: Buffer, packed: Buffer, path: Buffer): Buffer {
  const [utf8, deflated, noTime, firstDay] = [0x0800, 8, 0, 0x21];
  return Buffer.concat([
    ...[20, utf8, deflated, noTime, firstDay].map(uint16),
    ...[crc32(bytes), packed.length, bytes.length].map(uint32),
    uint16(path.length),
  ]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
