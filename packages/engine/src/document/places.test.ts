import { expect, test } from "vitest";
import type { Path } from "./document.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";

const text = `name: x
steps:
  a:
    class: "X"
    config:
      plain: one two
      quoted: "say \\"hi\\" now"
      single: 'plain text'
      literal: |
        first line
          second line
      folded: >
        first
        second
      list: [1, { k: v }]
      variable: "\${A:-abc} def"
    timeout:
`;

const { document } = loadDocument("w.yml", memoryReader({ "w.yml": text }));
const places = document?.places;
const config = (...path: (string | number)[]): Path => ["steps", "a", "config", ...path];

test.each([
  ["a scalar: its first character", ["steps", "a", "class"], "value", 4, 12],
  ["its key", ["steps", "a", "class"], "key", 4, 5],
  ["a map: its key", ["steps", "a"], "value", 3, 3],
  ["an item of a list", config("list", 0), "value", 15, 14],
  ["a map in a list: its first key", config("list", 1), "value", 15, 19],
  ["a value in a map in a list", config("list", 1, "k"), "value", 15, 22],
  ["a missing key: the enclosing key", ["steps", "a", "config", "missing"], "value", 5, 5],
  ["a missing path: the nearest parent", ["steps", "a", "nothing", "here", 3], "value", 3, 3],
  ["an empty value: its key", ["steps", "a", "timeout"], "value", 17, 5],
  ["the document: its first key", [], "value", 1, 1],
] as const)("places: %s", (_title, path, part, line, column) => {
  expect(places?.of(path, part)).toMatchObject({ file: "w.yml", line, column });
});

test.each([
  ["a plain text", config("plain"), 4, 6, 18],
  ["a text in single quotes", config("single"), 6, 8, 22],
  ["a literal block", config("literal"), 13, 11, 11],
  ["text before a reference is exact, after it the whole value", config("variable"), 6, 16, 17],
  ["a text with escapes: the whole value before it", config("quoted"), 2, 7, 15],
] as const)("places: inside %s", (_title, path, offset, line, column) => {
  expect(places?.inside(path, offset, 2)).toMatchObject({ line, column });
});

test("places: a diagnostic carries frame, path and hint", () => {
  const made = places?.diagnostic("warning", "W_CONFLICT", config("plain"), "Odd", {
    offset: 4,
    length: 3,
    hint: "mend it",
  });
  expect(made).toEqual({
    file: "w.yml",
    line: 6,
    column: 18,
    endColumn: 21,
    code: "W_CONFLICT",
    severity: "warning",
    message: "Odd",
    hint: "mend it",
    path: "steps.a.config.plain",
    frame: [
      { line: 5, text: "    config:" },
      { line: 6, text: "      plain: one two" },
    ],
  });
});
