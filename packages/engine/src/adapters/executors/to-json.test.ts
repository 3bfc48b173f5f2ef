import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { secretMask } from "../../values/secret-mask.js";
import { jsonLimits, toJson } from "./to-json.js";

const cyclic: { list: unknown[] } = { list: [1] };
cyclic.list.push(cyclic);
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const refuse = (): never => {
  throw new Error("do not look");
};
class Point {
  x = 1;
}
const deep = (levels: number): unknown => {
  let value: unknown = 0;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
};
const doubling = (levels: number): unknown => {
  let value: unknown = [];
  for (let i = 0; i < levels; i++) value = [value, value];
  return value;
};

describe("toJson", () => {
  it("toJson: any JSON comes back equal, and its bytes are those of its text", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
        const result = toJson(value);
        const text = JSON.stringify(value);
        if (text.includes('"__proto__"')) return;
        expect(result).toEqual({ ok: true, value: JSON.parse(text), bytes: Buffer.byteLength(text) });
      }),
      { numRuns: 500 },
    );
  });

  it("toJson: whatever object is given, a value that is accepted survives the journal unchanged", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
      withSparseArray: true,
      withBoxedValues: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const result = toJson(value);
        if (!result.ok) return;
        const text = JSON.stringify(result.value);
        expect(JSON.parse(text)).toEqual(result.value);
        expect(result.bytes).toBe(Buffer.byteLength(text));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["a cycle", cyclic, "list[1]", "contains itself"],
    ["a function", { f: () => 1 }, "f", "function"],
    ["a method named toJSON", { toJSON: () => 1 }, "toJSON", "function"],
    ["a BigInt", { rows: [{ id: 1n }] }, "rows[0].id", "BigInt"],
    ["a symbol", [Symbol("x")], "[0]", "symbol"],
    ["NaN", { a: { b: Number.NaN } }, "a.b", "NaN"],
    ["Infinity", [1, Number.NEGATIVE_INFINITY], "[1]", "-Infinity"],
    ["an invalid Date", { at: new Date(Number.NaN) }, "at", "invalid"],
    ["a Map", { m: new Map() }, "m", "Object.fromEntries"],
    ["a Set", { s: new Set() }, "s", "[...set]"],
    ["half a surrogate pair", { t: "a\ud800" }, "t", "surrogate"],
    ["half a pair in a key", { "\udc00": 1 }, '["\ufffd"]', "surrogate"],
    ["a __proto__ key", JSON.parse('{"a":{"__proto__":{"admin":true}}}'), "a.__proto__", "__proto__"],
    ["a getter that throws", Object.defineProperty({}, "g", { get: refuse, enumerable: true }), "g", "do not look"],
    ["a Proxy that throws", { p: new Proxy({}, { ownKeys: refuse }) }, "p", "do not look"],
    ["a revoked Proxy", { p: revoked.proxy }, "p", "throws"],
    ["a class instance", { p: new Point() }, "p", "Point"],
    ["an Error", { e: new RangeError("x") }, "e", "RangeError"],
    ["a RegExp", { e: /x/ }, "e", "RegExp"],
    ["a URL", { e: new URL("http://x") }, "e", "URL"],
    ["a Buffer", { b: Buffer.from("x") }, "b", "context.keep"],
    ["a typed array", { b: new Float64Array(2) }, "b", "context.keep"],
    ["an ArrayBuffer", { b: new ArrayBuffer(2) }, "b", "context.keep"],
    ["a promise", { p: Promise.resolve(1) }, "p", "await"],
    ["a boxed text", { s: new String("x") }, "s", "String"],
    ["undefined in a list", { l: [1, undefined] }, "l[1]", "undefined"],
    ["a hole in a list", { l: new Array(3) }, "l[0]", "undefined"],
    ["a huge sparse list", { l: new Array(50_000_000) }, "l[0]", "undefined"],
    ["an odd key", { "a b": [Number.NaN] }, '["a b"][0]', "NaN"],
    ["undefined itself", undefined, "", "undefined"],
  ])("toJson: %s is refused with its path", (_name, value, path, what) => {
    const result = toJson(value);
    expect(result).toMatchObject({ ok: false, path: path === '["\ufffd"]' ? expect.any(String) : path });
    expect(!result.ok && result.what).toContain(what);
  });

  it("toJson: documented conversions, as JSON does them", () => {
    const value = Object.assign(Object.create(null), {
      at: new Date(0),
      gone: undefined,
      zero: -0,
      [Symbol("hidden")]: 1,
    });
    const expected = { at: "1970-01-01T00:00:00.000Z", zero: 0 };
    expect(toJson(value)).toEqual({ ok: true, value: expected, bytes: Buffer.byteLength(JSON.stringify(expected)) });
  });

  it("toJson: a getter or Proxy that answers is read once, and the copy no longer changes", () => {
    let reads = 0;
    const value = new Proxy({ a: 1 }, { get: () => ++reads });
    expect(toJson([value])).toMatchObject({ ok: true, value: [{ a: 1 }] });
    const source = { list: [1] };
    const result = toJson(source);
    source.list.push(2);
    expect(result).toMatchObject({ value: { list: [1] } });
  });

  it("toJson: depth, size and number of containers are bounded, and the bound is named", () => {
    expect(toJson(deep(jsonLimits.maxDepth)).ok).toBe(true);
    expect(toJson(deep(100_000))).toMatchObject({ ok: false, what: expect.stringContaining("256") });
    expect(toJson({ t: "x".repeat(jsonLimits.maxBytes) })).toMatchObject({
      ok: false,
      path: "t",
      what: expect.stringContaining("67108864"),
    });
    expect(toJson(doubling(60))).toMatchObject({ ok: false, what: expect.stringContaining("2000000") });
  });

  it("toJson: a mask takes secrets out of texts, keys and numbers before they are counted", () => {
    const mask = secretMask({ A: "hunter2", B: "12345678" });
    const value = { url: "x?p=hunter2", "k hunter2": 12345678, "k ***": 2 };
    expect(toJson(value, { ...jsonLimits, ...(mask === undefined ? {} : { mask }) })).toEqual({
      ok: true,
      value: { url: "x?p=***", "k ***": "***", "k *** (2)": 2 },
      bytes: 45,
    });
  });
});
