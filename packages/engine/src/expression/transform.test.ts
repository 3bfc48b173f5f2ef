import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import { checkTransform, runTransform, transformLimits } from "./transform.js";

const value = {
  notes: [
    { score: 0.9, t: "a" },
    { score: 0.2, t: "b" },
  ],
  s: "x, y",
  empty: [],
  none: null,
};
const small = { timeoutMs: 300, depth: 200, items: 10_000 };

describe("runTransform", () => {
  it.each<[string, Json | undefined]>([
    ["notes[score > 0.5][]", [{ score: 0.9, t: "a" }]],
    ["notes.t", ["a", "b"]],
    ["{'n': $count(notes), 'best': notes^(>score)[0].t, 'gone': missing}", { n: 2, best: "a" }],
    ["missing", undefined],
    ["notes[score > 5]", undefined],
    ["empty", []],
    ["none", null],
    ["$", value],
    ["$split(s, /\\s*,\\s*/)", ["x", "y"]],
    ["$replace('john smith', /(\\w+) (\\w+)/, '$2 $1')", "smith john"],
    ["$match('abab', /a(b)/).groups", ["b", "b"]],
    ["$contains('HELLO', /hello/i)", true],
    ["$pad('é', -3, '#')", "##é"],
    ["$pad('ab', 5, '12')", "ab121"],
    ["{'a': function($x){$x}, 'b': 1}", { b: 1 }],
    ["$sum(notes.score)", 1.1],
  ])("expression %s: its value", async (source, expected) => {
    expect(checkTransform(source)).toEqual([]);
    const result = await runTransform(source, value);
    expect(result).toEqual(expected);
    expect(JSON.stringify(result)).toBe(JSON.stringify(expected));
  });

  it("list as the value: $ is the list", async () => {
    expect(await runTransform("$[a > 1].a", [{ a: 1 }, { a: 2 }, { a: 3 }])).toEqual([2, 3]);
    expect(await runTransform("$count($)", [1, 2])).toBe(2);
  });

  it.each([
    ["'a' + 1", "E_TRANSFORM"],
    ["$nofunction(1)", "E_TRANSFORM"],
    ["1/0", "E_TRANSFORM"],
    ["function($x){$x}", "E_TRANSFORM"],
    ["$map(notes, $random)", "E_TRANSFORM"],
    ["($f := function($x){$f($x) + 1}; $f(1))", "E_TRANSFORM_LIMIT"],
    ["($f := function($x){$f($x + 1)}; $f(1))", "E_TRANSFORM_LIMIT"],
    ["[1..9999999]", "E_TRANSFORM_LIMIT"],
    ["$pad('a', 1000000000)", "E_TRANSFORM_LIMIT"],
    ["$map([1..20000], function($x){$x})", "E_TRANSFORM_LIMIT"],
    ["($d := function($x, $n){$n = 0 ? $x : $d([[$x], [$x]], $n - 1)}; $d(1, 60))", "E_TRANSFORM_LIMIT"],
  ])("expression %s: fails with %s", async (source, code) => {
    await expect(runTransform(source, value, small)).rejects.toMatchObject({ code });
  });

  it("pattern that hangs RegExp over long text: ends", async () => {
    const source = "$contains($, /^(a+)+$/)";
    expect(await runTransform(source, `${"a".repeat(50_000)}!`)).toBe(false);
  });

  it("names of the machinery: nothing is reached and nothing is polluted", async () => {
    expect(await runTransform("s.constructor", value)).toBeUndefined();
    expect(await runTransform("$lookup($, '__proto__')", value)).toBeUndefined();
    expect(await runTransform("$merge([{'__proto__': {'polluted': 1}}, {'a': 1}])", value)).toEqual({ a: 1 });
    expect(await runTransform("$ ~> |$|{'__proto__': {'polluted': 1}}|", value)).toEqual(value);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("the value itself is left as it was", async () => {
    const given = { a: [3, 1, 2] };
    await runTransform("($sort(a); $ ~> |$|{'a': 1}|)", given);
    expect(given).toEqual({ a: [3, 1, 2] });
  });

  it("limits that are not said: are there", () => {
    expect(transformLimits.timeoutMs).toBeGreaterThan(0);
    expect(transformLimits.items).toBeGreaterThan(100_000);
  });
});

describe("checkTransform", () => {
  it.each(
    [
      ["", { code: "E_EXPR_SYNTAX" }],
      ["notes[", { code: "E_EXPR_SYNTAX", offset: 6, length: 0 }],
      ["a + ]", { code: "E_EXPR_SYNTAX", offset: 4, length: 1 }],
      ["1 + $now()", { code: "E_EXPR_FORBIDDEN", offset: 4, length: 4 }],
      ["$eval('1')", { code: "E_EXPR_FORBIDDEN", offset: 0 }],
      ["$shuffle(a)", { code: "E_EXPR_FORBIDDEN" }],
      ["$contains(a, /(?<=x)y/)", { code: "E_EXPR_FORBIDDEN", offset: 13, length: 9 }],
      ["a".repeat(70_000), { code: "E_EXPR_LIMIT" }],
      ["(".repeat(30_000), { code: "E_EXPR_LIMIT" }],
    ].map(([source, expected]) => [String(source).slice(0, 40), source as string, expected as object] as const),
  )("expression %s: is refused", (_label, source, expected) => {
    expect(checkTransform(source)).toMatchObject([expected]);
  });
});
