import { expect, test } from "vitest";
import { describeCharacter, invisibleCharacter, lookAlike, refusedCharacters, withoutRefused } from "./characters.js";

test.each([
  ["st\u0435p", 2, "U+0435 (Cyrillic, looks like e)"],
  ["\u03bfut", 0, "U+03BF (Greek, looks like o)"],
  ["\uff41bc", 0, "U+FF41 (styled letter or sign, looks like a)"],
  ["file_n\u0430me", 6, "U+0430 (Cyrillic, looks like a)"],
])("look-alikes: %s inside a word", (text, index, description) => {
  expect(lookAlike(text, "in words")).toMatchObject({ index, description });
  expect(lookAlike(text, "anywhere")).toMatchObject({ index, description });
});

test.each([
  "plain",
  "gr\u00f6\u00dfe",
  "file_\u0438\u043c\u044f",
  "CO\u2082",
  "m\u00b2",
  "n\u00ba",
  "1\u20132",
  "\u540d\u524d",
  "\u0430\u0441\u0435",
])("look-alikes: %s is left alone among data", (text) => expect(lookAlike(text, "in words")).toBeUndefined());

test.each(["\u0430\u0441\u0435", "a\u2013b", "\u201cx\u201d"])("look-alikes: %s is none of an id", (text) =>
  expect(lookAlike(text, "anywhere")).toBeDefined(),
);

test("invisible characters are named", () => {
  expect(invisibleCharacter("a\u200bb")).toEqual({ index: 1, length: 1, description: "U+200B (zero-width space)" });
  expect(invisibleCharacter("a\u{e0041}")).toEqual({ index: 1, length: 2, description: "U+E0041 (invisible)" });
  expect(invisibleCharacter("a b")).toBeUndefined();
  expect(describeCharacter("\u0001")).toBe("U+0001 (control character)");
});

test("refused characters: all of them up to a limit, replaced without moving the rest", () => {
  const text = "a\u0000b\tc\r\nd\re\u202ef\u{1f600}";
  expect(refusedCharacters(text, 10).map(({ index }) => index)).toEqual([1, 8, 10]);
  expect(refusedCharacters(text, 2)).toHaveLength(2);
  expect(withoutRefused(text)).toBe("a\ufffdb\tc\r\nd\ufffde\ufffdf\u{1f600}");
});
