import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileText } from "../testing/compile-text.js";
import { packedText, unpacked, unpackedText } from "./packed-json.js";

/** Long enough to be packed. */
const long = (value: unknown) => ({ filling: "x".repeat(200_000), value });

/** Keys and values that come again and again, as they do in plans. */
const key = fc.constantFrom("name", "links", "to", "0", "10", "toString", "constructor", "packed");
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom(0, 1, -1, 0.5, 2 ** 53, "", "a", "b", "\u2028", true, false, null),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

describe("packed JSON", () => {
  it("any value: is read back as plain JSON has it, keys in their order", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = packedText(long(value));
        expect(text).toContain('"packed":1');
        expect(JSON.stringify(unpackedText(text))).toBe(JSON.stringify(long(value)));
      }),
    );
  });

  it("members that are undefined, and a member called __proto__: as plain JSON has them", () => {
    const value = long([{ a: undefined, b: 1 }, [undefined], { b: 1 }]);
    expect(unpackedText(packedText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    const odd = long(JSON.parse('{"__proto__":{"a":1}}'));
    expect(packedText(odd)).toBe(JSON.stringify(odd));
  });

  it("short values: stay plain JSON", () => {
    expect(packedText({ a: [1] })).toBe('{"a":[1]}');
    expect(unpacked({ a: [1] })).toEqual({ a: [1] });
  });

  it("a plan of many steps: a third of the text at most", async () => {
    const step = (_: unknown, at: number) => {
      const after = at < 10 ? "" : `, depends_on: [s${at - 10}]`;
      return `  s${at}: { class: FileReadStep, config: { path: in/${at} }${after} }`;
    };
    const { plan = expect.fail("no plan") } = await compileText(
      `name: lanes\nsteps:\n${Array.from({ length: 1000 }, step).join("\n")}\n`,
    );
    const text = packedText(plan);
    expect(unpackedText(text)).toEqual(JSON.parse(JSON.stringify(plan)));
    expect(text.length).toBeLessThan(JSON.stringify(plan).length / 3);
  });
});
