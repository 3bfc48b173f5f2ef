import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linearPattern } from "./linear-pattern.js";

function run(source: string, text: string, flags = ""): unknown {
  const made = linearPattern(source, flags);
  if (!made.ok) return made.problem;
  const found = made.pattern.exec(text, 0);
  return found === null || found === "exhausted"
    ? found
    : [found.index, text.slice(found.index, found.end), ...found.groups];
}

function native(source: string, text: string, flags = ""): unknown {
  const found = new RegExp(source, flags).exec(text);
  return found === null ? null : [found.index, found[0], ...found.slice(1)];
}

describe("linearPattern", () => {
  it.each([
    ["^\\d{4}-\\d{2}-\\d{2}$", "2024-01-31"],
    ["(\\w+)@(\\w+)\\.com", "to ann@site.com and"],
    ["a|ab|abc", "xabc"],
    ["(a|ab)(c|bcd)(d*)", "abcd"],
    ["<(.+?)>", "<a><b>"],
    ["<(.+)>", "<a><b>"],
    ["(?:x{2,3}y?)+", "xxyxxx"],
    ["[^\\]a-c\\\\]+", "ab]xyz"],
    ["\\bcat\\B", "a cats cat"],
    ["^(?!.*\\.\\.)[a-z.]+$", "a.b.c"],
    ["^(?!.*\\.\\.)[a-z.]+$", "a..b"],
    ["foo(?=bar)", "foobaz foobar"],
    ["(?<year>\\d+)", "in 2020"],
    ["", "abc"],
    ["(a*)*b", "aaab"],
    ["a{0}b", "ab"],
    ["\\u0041\\x42\\t?", "AB"],
    ["é+.", "xéé!"],
  ])("pattern %s on %s: as RegExp", (source, text) => {
    expect(run(source, text)).toEqual(native(source, text));
    expect(run(source, text, "u")).toEqual(native(source, text, "u"));
  });

  it("flags i, s, u and characters beyond the basic plane: as RegExp", () => {
    expect(run("HELLO.x", "say hello\nX", "is")).toEqual(native("HELLO.x", "say hello\nX", "is"));
    for (const flags of ["", "u"]) {
      for (const source of ["^.{2}$", "^.$", "[😀é]+", "\\ud83d\\ude00", "[^a]"]) {
        expect(run(source, "😀", flags)).toEqual(native(source, "😀", flags));
      }
    }
    expect(run("\\p{Lu}\\p{Ll}+", "x Élan", "u")).toEqual([2, "Élan"]);
  });

  it.each([
    ["(a)\\1", "a reference to an earlier group"],
    ["(?<=a)b", "looking behind"],
    ["(?:a{100}){100}", "too large"],
    ["(", "Unterminated group"],
  ])("pattern %s: is refused and says why", (source, problem) => {
    expect(run(source, "")).toContain(problem);
  });

  it("pattern longer or nested deeper than allowed: is refused", () => {
    expect(run("a".repeat(5000), "")).toContain("4096 characters");
    expect(linearPattern(`${"(".repeat(2000)}a${")".repeat(2000)}`).ok).toBeTypeOf("boolean");
  });

  it("random patterns over random texts: the match of RegExp", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "(a)",
      "(?:ab|a)",
      "(b|)",
      "^",
      "$",
      "\\b",
      "c?",
      "a*",
      "b+?",
      "a{1,2}",
      "(?=b)",
      "(?!a)",
    );
    const pattern = fc
      .array(fc.oneof({ weight: 6, arbitrary: atom }, { weight: 1, arbitrary: fc.constant("|") }), { maxLength: 6 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 10 }), (source, text) => {
        expect(run(source, text), source).toEqual(native(source, text));
      }),
      { numRuns: 5000 },
    );
  });

  it("patterns that hang RegExp over 50,000 characters: end after little work", () => {
    const hanging = [
      "^(a+)+$",
      "^(a|a)*$",
      "^(a|aa)+$",
      "(a*)*$",
      "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*$",
      "(.*a){12}x",
      "\\s+$",
      "^(\\w+\\s?)*$",
      "(x+x+)+y",
      "a*a*a*a*a*b",
    ];
    for (const source of hanging) {
      for (const text of [`${"a".repeat(50_000)}!`, `${" ".repeat(50_000)}!`, `${"x".repeat(50_000)}`]) {
        const made = linearPattern(source);
        expect(made.ok && typeof made.pattern.test(text)).toBe("boolean");
      }
    }
  });

  it("a text too long for its pattern: exhausted, not endless", () => {
    const made = linearPattern("(?:(?:a?){40}){40}b");
    expect(made.ok && made.pattern.test("a".repeat(200_000))).toBe("exhausted");
    const ahead = linearPattern("(?=a*b)x");
    expect(ahead.ok && ahead.pattern.test("a".repeat(200_000))).toBe("exhausted");
  });
});
