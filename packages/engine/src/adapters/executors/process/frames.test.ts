import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrames, writeFrame } from "./frames.js";

/** The bytes of some messages. */
function bytesOf(messages: readonly unknown[]): Buffer {
  const stream = new PassThrough();
  for (const message of messages) writeFrame(stream, message);
  const chunks: Buffer[] = [];
  for (let chunk = stream.read() as Buffer | null; chunk !== null; chunk = stream.read() as Buffer | null)
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("frames", () => {
  it("frames: messages arrive whole and in order, wherever the bytes are cut", () => {
    const message = fc.oneof(fc.jsonValue(), fc.uint8Array(), fc.constant(undefined));
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat()), (messages, cuts) => {
        const bytes = bytesOf(messages);
        const stream = new PassThrough();
        const received: unknown[] = [];
        readFrames(stream, (one) => received.push(one));
        const places = [...new Set([0, bytes.length, ...cuts.map((cut) => cut % (bytes.length + 1))])].sort(
          (a, b) => a - b,
        );
        for (const [index, place] of places.slice(1).entries())
          stream.emit("data", bytes.subarray(places[index] ?? 0, place));
        expect(received).toEqual(messages);
      }),
    );
  });

  it("frames: byte by byte", () => {
    const stream = new PassThrough();
    const received: unknown[] = [];
    readFrames(stream, (one) => received.push(one));
    for (const byte of bytesOf(["grüezi", { list: [1, null] }, ""])) stream.emit("data", Buffer.of(byte));
    expect(received).toEqual(["grüezi", { list: [1, null] }, ""]);
  });

  it("frames: what cannot be cloned is refused at once, and nothing of it is sent", () => {
    const stream = new PassThrough();
    expect(() => writeFrame(stream, { f: () => 1 })).toThrow(/could not be cloned/);
    expect(stream.read()).toBeNull();
  });
});
