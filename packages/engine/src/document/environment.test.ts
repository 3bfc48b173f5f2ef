import { expect, test } from "vitest";
import { loadDocument } from "./load-document.js";
import { memoryReader } from "./memory-reader.js";
import { sha256 } from "./sha256.js";

/** A step's config holding one text, in double quotes. */
function configOf(text: string, environment: Record<string, string>) {
  const document = `name: x\nsteps:\n  a: { class: X, config: { value: ${JSON.stringify(text)} } }\n`;
  const loaded = loadDocument("w.yml", memoryReader({ "w.yml": document }, environment));
  const value = loaded.document?.steps[0]?.config["value"];
  const textOf = loaded.document?.places.environmentText?.(["steps", "a", "config", "value"]);
  return { value, textOf, codes: loaded.diagnostics.map(({ code }) => code), loaded };
}

test.each([
  ["${A}", { A: "b" }, "b"],
  ["x ${A} y ${B}", { A: "1", B: "2" }, "x 1 y 2"],
  ["${A:-other}", {}, "other"],
  ["${A:-other}", { A: "" }, "other"],
  ["${A}", { A: "" }, ""],
  ["${A:-}", {}, ""],
  ["${A:-a: b # c}", {}, "a: b # c"],
  ["$${A}", { A: "b" }, "${A}"],
  ["$${a} costs $5", {}, "${a} costs $5"],
  ["${secret:KEY}", {}, "${secret:KEY}"],
  ["Bearer ${secret:KEY} for ${A}", { A: "me" }, "Bearer ${secret:KEY} for me"],
])("environment: %s with %o is %s", (text, environment, expected) => {
  expect(configOf(text, environment as Record<string, string>)).toMatchObject({ value: expected, codes: [] });
});

test.each([
  '"',
  "'",
  "\n- x",
  "{a: b}",
  "[1]",
  "*a",
  "&a b",
  "<<: *a",
  "!!js x",
  "a: b\nc: d",
  "# c",
  "${B}",
  "$${B}",
  "null",
  "\\u0041",
])("environment: a variable that holds %j stays one text", (hostile) => {
  expect(configOf("${A}", { A: hostile, B: "no" })).toMatchObject({ value: hostile, codes: [] });
  expect(configOf("x${A}y", { A: hostile, B: "no" })).toMatchObject({ value: `x${hostile}y`, codes: [] });
});

test("environment: a text that is one reference reads like a scalar, and keeps its text beside it", () => {
  expect(configOf("${A}", { A: "007" })).toMatchObject({ value: 7, textOf: "007" });
  expect(configOf("${A:-0.50}", {})).toMatchObject({ value: 0.5, textOf: "0.50" });
  expect(configOf("${A}", { A: "true" })).toMatchObject({ value: true, textOf: "true" });
  expect(configOf("${A} ", { A: "7" })).toMatchObject({ value: "7 ", textOf: undefined });
  expect(configOf("${A}", { A: "99999999999999999999" })).toMatchObject({ value: "99999999999999999999" });
});

test("environment: where the document itself wants text, number or boolean, it gets that", () => {
  const text = `name: x
description: "\${D}"
steps:
  a: { class: X, max_retries: "\${N}", timeout: "\${T}", checkpoint: "\${C}" }
`;
  const environment = { D: "5", N: "4", T: "90s", C: "true" };
  const { document, diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": text }, environment));
  expect(diagnostics).toEqual([]);
  expect(document?.description).toBe("5");
  expect(document?.steps[0]).toMatchObject({ maxRetries: 4, timeoutMs: 90_000, checkpoint: true });
});

test("environment: keys are not replaced", () => {
  const text = 'name: x\nsteps:\n  a: { class: X, config: { "${A}": 1 } }\n';
  const { document } = loadDocument("w.yml", memoryReader({ "w.yml": text }, { A: "b" }));
  expect(document?.steps[0]?.config).toEqual({ "${A}": 1 });
});

test("environment: values never show in diagnostics", () => {
  const text = 'name: x\nsteps:\n  a: { class: X, max_retries: "${A}", cache: "${A}", config: "${A}/c.yml" }\n';
  const { diagnostics } = loadDocument("w.yml", memoryReader({ "w.yml": text }, { A: "hunter2" }));
  expect(diagnostics.map(({ code }) => code)).toEqual(["E_TYPE", "E_ENUM", "E_FILE_MISSING"]);
  expect(JSON.stringify(diagnostics)).not.toContain("hunter2");
});

test("environment: what the text puts in is bounded", () => {
  const big = "x".repeat(600_000);
  expect(configOf("${A}${A}", { A: big }).codes).toEqual(["E_LIMIT"]);
  expect(configOf("${A}".repeat(10_001), { A: "" }).codes).toEqual(["E_LIMIT"]);
});

test("environment: a variable does not bring in a secret reference", () => {
  expect(configOf("${A}", { A: "${secret:KEY}" }).codes).toEqual(["E_ENV"]);
});

test("sources: every file and variable that mattered is recorded, also those that are not there", () => {
  const text =
    'extends: b.yml\nname: x\nsteps: { a: { class: X, config: { v: "${A}${B:-}", agent: { class: Y, config: c.yml } } } }\n';
  const files = {
    "w.yml": text,
    "b.yml": "description: d\n",
    "c.yml": "k: 1\n",
    "w.js": "export {};\n",
    "other.yml": "",
  };
  const { sources, document } = loadDocument("w.yml", memoryReader(files, { A: "1", UNUSED: "2" }));
  expect(document?.module).toBe("w.js");
  expect(sources).toEqual({
    files: {
      "w.yml": sha256(text),
      "b.yml": sha256("description: d\n"),
      "c.yml": sha256("k: 1\n"),
      "w.js": sha256("export {};\n"),
      "w.ts": null,
    },
    environment: { A: sha256("1"), B: null },
  });
});
