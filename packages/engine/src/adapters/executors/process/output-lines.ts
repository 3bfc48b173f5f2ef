import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const maxLineLength = 8_192;
const maxTailLength = 8_192;

/** Calls back with each line of a stream as it comes; the answer gives the end of what came. */
export function outputLines(stream: Readable | null, line: (text: string) => void): () => string {
  const decoder = new StringDecoder("utf8");
  let partial = "";
  let tail = "";
  stream?.on("data", (chunk: Buffer) => {
    const text = decoder.write(chunk);
    tail = (tail + text).slice(-maxTailLength);
    const lines = (partial + text).split("\n");
    partial = (lines.pop() ?? "").slice(-maxLineLength);
    for (const one of lines) line(one);
  });
  stream?.on("end", () => {
    if (partial !== "") line(partial);
    partial = "";
  });
  stream?.on("error", () => undefined);
  return () => tail;
}
