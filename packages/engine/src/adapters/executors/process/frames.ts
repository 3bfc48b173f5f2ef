import type { Readable, Writable } from "node:stream";
import { deserialize, serialize } from "node:v8";

/**
 * Messages over a pipe: four bytes of length, then the value as a structured clone. A pipe of our own and not Node's channel
 * between processes, which the step's code would share: its `process.send` and its listeners are no part of this.
 */
const headerBytes = 4;

/** Throws for a value that cannot be cloned. */
export function writeFrame(stream: Writable, message: unknown, written?: () => void): void {
  const body = serialize(message);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(body.length);
  stream.cork();
  stream.write(header);
  stream.write(body, () => written?.());
  stream.uncork();
}

/** Calls back with each message, whole. */
export function readFrames(stream: Readable, received: (message: unknown) => void): void {
  let parts: Buffer[] = [];
  let length = 0;
  let wanted = headerBytes;
  let isHeader = true;
  stream.on("data", (chunk: Buffer) => {
    parts.push(chunk);
    length += chunk.length;
    while (length >= wanted) {
      const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, length);
      const piece = all.subarray(0, wanted);
      const rest = all.subarray(wanted);
      parts = rest.length === 0 ? [] : [rest];
      length = rest.length;
      if (isHeader) wanted = piece.readUInt32LE();
      else {
        wanted = headerBytes;
        received(deserialize(piece));
      }
      isHeader = !isHeader;
    }
  });
}
