import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import { compileCondition } from "./condition.js";
import { linearPattern } from "./linear-pattern.js";
import { checkTemplate } from "./template.js";
import { checkTransform } from "./transform.js";

const runs = Number(process.env["NANOBRAIN_FUZZ_RUNS"] ?? 3000);
const value: Json = { a: 1, b: { c: [1, "x", null] }, s: "text", ok: true };

const words = [
  ..."()[]{}.,:?!+-*/%<>=&|'\"`\\$@#~^ \n0",
  "and",
  "or",
  "not",
  "in",
  "true",
  "null",
  "a",
  "b",
  "s",
  "ok",
  "value",
  "size(",
  "has(",
  ".exists(x,",
  ".map(x,",
  "__proto__",
  "constructor",
  "matches",
  "'it",
  "r'",
  "b'",
  "'''",
  "1e9",
  "0x1",
  "9999999999999999999",
  "//",
  "{{",
  "}}",
  "{%",
  "%}",
  "if",
  "for",
  "end",
  "|",
  "$sum(",
  "function($x){",
  ":=",
  "/a+/",
  "(?",
  "😀",
  "\u0000",
  "\ud800",
];
const text = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((parts) => parts.join(" ")),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** Every fault lies within its source. */
function within(source: string, problems: readonly { readonly offset?: number; readonly length?: number }[]): void {
  for (const { offset = 0, length = 0 } of problems) {
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(length).toBeGreaterThanOrEqual(0);
    expect(offset + length).toBeLessThanOrEqual(source.length);
  }
}

describe("expressions of any text", () => {
  it("compileCondition: a condition that gives a verdict, or faults with their places; nothing is thrown or polluted", () => {
    fc.assert(
      fc.property(text, (source) => {
        const condition = compileCondition(source);
        if (!condition.ok) {
          expect(condition.problems.length).toBeGreaterThan(0);
          within(source, condition.problems);
          return;
        }
        const verdict = condition.evaluate(value);
        expect("failed" in verdict ? typeof verdict.failed : typeof verdict.pass).toMatch(/string|boolean/);
        for (const { name, offset, length } of condition.names)
          expect(source.slice(offset, offset + length)).toBe(name);
      }),
      { numRuns: runs },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("checkTransform and checkTemplate: faults with their places, nothing is thrown", () => {
    fc.assert(
      fc.property(text, (source) => {
        within(source, checkTransform(source));
        within(source, checkTemplate(source));
      }),
      { numRuns: runs },
    );
  });

  it("linearPattern: accepts or says why not, and agrees with RegExp where it accepts", () => {
    const pattern = fc
      .array(fc.constantFrom(..."ab.*+?()[]{}|^$\\-,12dwsbB:=!<", "(?:", "{1,2}", "[^", "\\d"), { maxLength: 10 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom(..."ab1 -,\n"), maxLength: 8 }), (source, sample) => {
        const made = linearPattern(source);
        if (made.ok) expect(made.pattern.test(sample), source).toBe(new RegExp(source).test(sample));
        else expect(made.problem).not.toBe("");
      }),
      { numRuns: runs },
    );
  });
});
