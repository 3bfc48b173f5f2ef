import { expect, test } from "vitest";
import type { Diagnostic } from "./diagnostic.js";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";
import { renderDiagnostics } from "./render-diagnostics.js";
import { displayWidth } from "./text-width.js";

const plain = { color: false, width: 120, all: false };

const unknownClass: Diagnostic = {
  file: "workflow.yml",
  line: 15,
  column: 12,
  code: "E_CLASS_UNKNOWN",
  severity: "error",
  message: 'class "nanobrain.library.steps.DataColectionStep" is not registered',
  hint: 'did you mean "nanobrain.library.steps.DataCollectionStep"?',
  path: "steps.data_collection.class",
  frame: [{ line: 15, text: '    class: "nanobrain.library.steps.DataColectionStep"' }],
};

function many(count: number): Diagnostic[] {
  return Array.from({ length: count }, (_, i) => ({ ...unknownClass, line: i + 1, frame: [] }));
}

test("diagnostics: printed as dialect.md shows them", () => {
  expect(renderDiagnostics([unknownClass], plain)).toBe(
    `workflow.yml:15:12 error E_CLASS_UNKNOWN  class "nanobrain.library.steps.DataColectionStep" is not registered
   15 |     class: "nanobrain.library.steps.DataColectionStep"
      |            ^ did you mean "nanobrain.library.steps.DataCollectionStep"?
   at steps.data_collection.class
1 error · nanobrain explain E_CLASS_UNKNOWN
`,
  );
});

test("diagnostics: a known end underlines the whole token, the line before gives context", () => {
  const text = "name: x\nsteps:\n  a: { class: X }\n  b: { clas: X }\n";
  const { diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": text }));
  expect(renderDiagnostics(diagnostics, plain)).toContain(`    3 |   a: { class: X }
    4 |   b: { clas: X }
      |        ^^^^ did you mean "class"?
   at steps.b.clas
`);
});

test("diagnostics: 20 are printed, all of them when asked", () => {
  const some = renderDiagnostics(many(33), plain);
  expect(some.match(/error E_CLASS_UNKNOWN/g)).toHaveLength(20);
  expect(some).toContain("... and 13 more (--all prints them)\n33 errors · nanobrain explain E_CLASS_UNKNOWN\n");
  expect(renderDiagnostics(many(33), { ...plain, all: true }).match(/error E_CLASS_UNKNOWN/g)).toHaveLength(33);
});

test("diagnostics: errors and warnings are counted apart, a warning alone explains itself", () => {
  const warning: Diagnostic = { ...unknownClass, severity: "warning", code: "W_CONFLICT" };
  expect(renderDiagnostics([unknownClass, warning], plain)).toContain(
    "1 error, 1 warning · nanobrain explain E_CLASS_UNKNOWN\n",
  );
  expect(renderDiagnostics([warning], plain)).toContain("1 warning · nanobrain explain W_CONFLICT\n");
  expect(renderDiagnostics([], plain)).toBe("");
});

test("diagnostics: files that led here are named, innermost first", () => {
  const chain = [
    { file: "a.yml", line: 3, column: 9 },
    { file: "b.yml", line: 1, column: 10 },
  ];
  expect(renderDiagnostics([{ ...unknownClass, chain }], plain)).toContain("   from b.yml:1:10\n   from a.yml:3:9\n");
});

test("diagnostics: at 40 columns nothing but a place is wider", () => {
  for (const width of [20, 40, 60]) {
    const lines = renderDiagnostics([unknownClass, { ...unknownClass, column: 50 }], { ...plain, width }).split("\n");
    const tooWide = lines.filter((line) => displayWidth(line) > width && !line.startsWith("workflow.yml:15:"));
    expect(tooWide).toEqual([]);
  }
});

test("diagnostics: colour only adds escapes", () => {
  const coloured = renderDiagnostics([unknownClass], { ...plain, color: true });
  expect(coloured).toContain("\u001b[31merror E_CLASS_UNKNOWN\u001b[39m");
  expect(coloured.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g"), "")).toBe(
    renderDiagnostics([unknownClass], plain),
  );
});

test("diagnostics: carets stand under wide characters, and escapes of a hostile file are not passed on", () => {
  const frame = [{ line: 15, text: "  名前: \u001b[31mX" }];
  const text = renderDiagnostics(
    [{ ...unknownClass, column: 7, endColumn: 8, frame, message: "bad \u001b]0;title\u0007" }],
    plain,
  );
  expect(text).not.toContain("\u001b");
  expect(text).toContain("   15 |   名前: \ufffd[31mX\n      |         ^");
});

test("diagnostics: a long line is shown around the fault", () => {
  const text = `name: x\nsteps: { a: { class: X, config: { text: "${"y".repeat(3000)}" }, clas: X } }\n`;
  const { diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": text }));
  const printed = renderDiagnostics(diagnostics, { ...plain, width: 400 });
  expect(printed).toContain("clas: X } }");
  expect(printed.split("\n").every((line) => line.length < 300)).toBe(true);
  const lines = printed.split("\n");
  const caret = lines.findIndex((line) => line.includes("^^^^"));
  expect(lines[caret - 1]?.slice(lines[caret]?.indexOf("^"), (lines[caret]?.indexOf("^") ?? 0) + 4)).toBe("clas");
});

test("diagnostics: of a long line the part with the offending token is shown, and the caret stands under it", () => {
  const long = `  a: { class: X, config: { ${Array.from({ length: 12 }, (_, i) => `key_${i}: ${i}`).join(", ")} }, clas: Y }`;
  const { diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": `name: x\nsteps:\n${long}\n` }));
  const lines = renderDiagnostics(diagnostics, { ...plain, width: 80 }).split("\n");
  const at = lines.findIndex((line) => line.includes("^^^^"));
  expect(lines[at - 1]?.slice(lines[at]?.indexOf("^"))).toMatch(/^clas: Y/);
  expect(lines[at - 1]).toMatch(/^ {4}3 \| …/);
  expect(lines.every((line) => displayWidth(line) <= 80)).toBe(true);
});
