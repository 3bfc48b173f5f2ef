import { expect, it } from "vitest";
import { dotenvValue } from "./dotenv.js";

it.each([
  ["plain", "A=b", "b"],
  ["blanks around", "  A =  b c  \nB=x", "b c"],
  ["export", "export A=b", "b"],
  ["last one counts", "A=1\nA=2\n", "2"],
  ["comment line", "#A=1\nA=2", "2"],
  ["comment behind", "A=b # note", "b"],
  ["no comment without blank", "A=b#c", "b#c"],
  ["only a comment", "A=# note", ""],
  ["empty", "A=", ""],
  ["equals sign inside", "A=b=c==", "b=c=="],
  ["double quoted", 'A="b # c"', "b # c"],
  ["escapes", 'A="one\\ntwo\\t\\"x\\" \\\\ \\q"', 'one\ntwo\t"x" \\ \\q'],
  ["several lines", 'A="one\ntwo"\nB=3', "one\ntwo"],
  ["single quoted", "A='b \\n \"c\"'", 'b \\n "c"'],
  ["no replacement", "B=1\nA=$B ${B}", "$B ${B}"],
  ["windows line ends", "A=b\r\nB=c\r\n", "b"],
  ["quote never closed", 'A="b', '"b'],
  ["byte order mark is no name", "nonsense\n=x\nA=b", "b"],
  ["other name only", "AA=1\nBA=2", undefined],
  ["a name inside a quoted text", "B='\nA=1\n'\n", undefined],
])("dotenv: %s", (_title, text, value) => {
  expect(dotenvValue(text, "A")).toBe(value);
});

it("dotenv: a long unclosed quote is read in linear time", () => {
  const text = `A="${"\\a".repeat(200_000)}\nB=2`;
  expect(dotenvValue(text, "B")).toBe("2");
});
