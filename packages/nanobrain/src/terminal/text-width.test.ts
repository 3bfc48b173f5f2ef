import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitEnd, fitMiddle, oneLine, pad, severalLines, textWidth, wrap } from "./text-width.js";

describe("text width", () => {
  it("columns: wide characters, marks, emoji and their joiners", () => {
    const cases: readonly (readonly [string, number])[] = [
      ["read", 4],
      ["文献分析", 8],
      ["é", 1],
      ["e\u0301", 1],
      ["👩‍🔬", 2],
      ["✔", 1],
      ["✅", 2],
      ["한국", 4],
      ["", 0],
    ];
    expect(cases.map(([text]) => [text, textWidth(text)])).toEqual(cases);
  });

  it("fitting: never wider than asked, unchanged where it fits, whole characters only", () => {
    const character = fc.constantFrom("a", "b", "文", "👩‍🔬", "e\u0301", "-");
    fc.assert(
      fc.property(fc.array(character, { maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (parts, width) => {
        const text = parts.join("");
        for (const fit of [fitEnd, fitMiddle]) {
          const shown = fit(text, width, "…");
          expect(textWidth(shown)).toBeLessThanOrEqual(width);
          if (textWidth(text) <= width) expect(shown).toBe(text);
          expect(shown).not.toContain("\ufffd");
        }
      }),
    );
  });

  it("fitting in the middle: head and tail stay", () => {
    expect(fitMiddle("extract-features-from-images", 15, "…")).toBe("extract…-images");
    expect(fitMiddle("文献分析步骤名称", 9, "…")).toBe("文献…名称");
    expect(fitEnd("extract-features", 8, "...")).toBe("extra...");
  });

  it("padding: counts columns, not characters", () => {
    expect(pad("文", 4)).toBe("文  ");
    expect(pad("1.2s", 6, "right")).toBe("  1.2s");
    expect(pad("long", 2)).toBe("long");
  });

  it("foreign text: cannot steer the terminal, nor reorder what is shown", () => {
    const hostile = "red\u001b[31m\u0007 two\r\nlines\u202etxt.exe\u009b2J";
    expect(oneLine(hostile)).toBe("red<U+001B>[31m<U+0007> two lines<U+202E>txt.exe<U+009B>2J");
    expect(severalLines(hostile)).toBe("red<U+001B>[31m<U+0007> two\nlines<U+202E>txt.exe<U+009B>2J");
  });

  it("wrapping: at spaces, longer words on lines of their own, nothing lost", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("unbreakable-word x", 5)).toEqual(["unbreakable-word", "x"]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "word", "longer-word"), { minLength: 1 }), (words) => {
        expect(wrap(words.join(" "), 12).join(" ")).toBe(words.join(" "));
      }),
    );
  });
});
