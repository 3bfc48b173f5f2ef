import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { diagnosticCodes } from "./diagnostics.js";

const codes = Object.keys(diagnosticCodes);
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

test("diagnostics: every code has a title, a meaning and a way to mend it", () => {
  for (const [code, { title, meaning, mend }] of Object.entries(diagnosticCodes)) {
    expect(code).toMatch(/^[EW]_[A-Z_]+$/);
    for (const text of [title, meaning, mend]) expect(text.length).toBeGreaterThan(8);
    expect(meaning.endsWith(".")).toBe(true);
  }
});

test("diagnostics: every code of reading documents is shown by a bad document", () => {
  const rows = read("../document/hostile-text.test.ts") + read("../document/hostile-shape.test.ts");
  const ofDocuments = codes.slice(0, codes.indexOf("E_AGENT_EXFILTRATION"));
  expect(ofDocuments).toContain("E_NEST_CYCLE");
  expect(ofDocuments.filter((code) => !new RegExp(`\\d ${code}\\b`).test(rows))).toEqual([]);
});
