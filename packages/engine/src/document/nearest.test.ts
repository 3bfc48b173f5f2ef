import fc from "fast-check";
import { expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.js";

const known = ["class", "config", "timeout", "max_retries", "depends_on"];

test.each([
  ["clas", "class"],
  ["calss", "class"],
  ["Class", "class"],
  ["timeot", "timeout"],
  ["maxretries", "max_retries"],
  ["dependson", "depends_on"],
  ["banana", undefined],
  ["", undefined],
])("nearest: %s is %s", (word, expected) => expect(nearest(word, known)).toBe(expected));

test("nearest: a known word is its own nearest, and ties go to the first", () => {
  fc.assert(fc.property(fc.constantFrom(...known), (word) => nearest(word, known) === word));
  expect(nearest("ab", ["ac", "ad"])).toBe("ac");
  expect(didYouMean("clas", known)).toBe('did you mean "class"?');
  expect(didYouMean("banana", known)).toBeUndefined();
});
