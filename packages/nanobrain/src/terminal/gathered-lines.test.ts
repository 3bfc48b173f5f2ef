import { expect, it } from "vitest";
import { gatheredLines } from "./gathered-lines.js";
import type { Channel } from "./terminal.js";

it("lines that come at once: the first is written at once, the rest together and in order", async () => {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const lines = gatheredLines({ write, line: (text = "") => write(`${text}\n`) } as Channel);
  for (const text of ["one", "two", "three"]) lines.line(text);
  expect(written).toEqual(["one\n"]);
  await Promise.resolve();
  expect(written).toEqual(["one\n", "two\nthree\n"]);
  lines.line("four");
  lines.line("five");
  lines.flush();
  expect(written.join("")).toBe("one\ntwo\nthree\nfour\nfive\n");
  await Promise.resolve();
  expect(written).toHaveLength(4);
});
