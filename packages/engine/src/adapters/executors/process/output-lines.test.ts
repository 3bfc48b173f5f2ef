import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { outputLines } from "./output-lines.js";

const ended = (stream: PassThrough): Promise<void> => new Promise((resolve) => stream.on("end", () => resolve()));

describe("output lines", () => {
  it("lines: whole ones as they come, the last at the end, characters kept whole wherever bytes are cut", async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    const tail = outputLines(stream, (line) => lines.push(line));
    const end = ended(stream);
    for (const byte of Buffer.from("grüezi\n\nzwei 🧠\nno end")) stream.write(Buffer.of(byte));
    stream.end();
    await end;
    expect(lines).toEqual(["grüezi", "", "zwei 🧠", "no end"]);
    expect(tail()).toBe("grüezi\n\nzwei 🧠\nno end");
  });

  it("lines: one without end does not grow without bound, nor does what is kept", async () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    const tail = outputLines(stream, (line) => lines.push(line));
    const end = ended(stream);
    for (let n = 0; n < 100; n++) stream.write("x".repeat(10_000));
    stream.end("y");
    await end;
    expect(lines).toHaveLength(1);
    expect(lines[0]?.length).toBeLessThan(10_000);
    expect(tail()).toHaveLength(8_192);
    expect(tail().endsWith("xy")).toBe(true);
  });
});
