import { type CelInput, celEnv, isCelError, parse, plan } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import { compileCondition } from "./condition.js";

/**
 * An expression in our spelling and in the other library's, which tells whole numbers from doubles.
 * Left out: what we do otherwise on purpose (`has` of a missing owner, `contains` on lists, `%`, lists as map keys).
 */
type Spelling = { readonly ours: string; readonly theirs: string };

const same = (text: string): Spelling => ({ ours: text, theirs: text });
const join = (parts: readonly Spelling[], make: (texts: readonly string[]) => string): Spelling => ({
  ours: make(parts.map((part) => part.ours)),
  theirs: make(parts.map((part) => part.theirs)),
});

const number = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map((n) => ({ ours: `${n}`, theirs: `${n}.0` })),
  fc.constantFrom("0.5", "1.5", "2e3", "n", "zero", "m.n", "m.deep.n", "gone", "m.gone").map(same),
  fc
    .constantFrom("title", "tags", "m", "title.size()")
    .map(
      (x): Spelling =>
        x.endsWith(")") ? { ours: x, theirs: `double(${x})` } : { ours: `size(${x})`, theirs: `double(size(${x}))` },
    ),
);
const text = fc.constantFrom("'a'", "'ab'", "''", "'é😀'", "title", "m.t", "gone", "nothing", '"not and or"').map(same);
const list = fc.constantFrom("tags", "numbers", "[]", "['a', 'b']", "tags + ['z']", "gone").map(same);

const anything = fc.oneof(
  number,
  text,
  list,
  fc.constantFrom("true", "ok", "null", "nothing", "m", "mixed[0]", "mixed[9]").map(same),
);

const binary = (part: fc.Arbitrary<Spelling>, symbols: readonly string[]): fc.Arbitrary<Spelling> =>
  fc.tuple(part, fc.constantFrom(...symbols), part).map(([a, op, b]) => join([a, b], ([x, y]) => `(${x} ${op} ${y})`));

const sum = fc.oneof({ weight: 2, arbitrary: number }, { weight: 1, arbitrary: binary(number, ["+", "-", "*", "/"]) });

const test = fc.oneof(
  binary(sum, ["<", "<=", ">", ">=", "==", "!="]),
  binary(text, ["==", "!=", "<", ">="]),
  binary(anything, ["==", "!="]),
  fc.tuple(text, list).map((pair) => join(pair, ([x, y]) => `${x} in ${y}`)),
  fc
    .tuple(text, text, fc.constantFrom("startsWith", "endsWith", "contains"))
    .map(([a, b, f]) => join([a, b], ([x, y]) => `${x}.${f}(${y})`)),
  fc.constantFrom("ok", "has(m.n)", "has(m.gone)", "'n' in m", "'gone' in m", "n", "nothing", "gone").map(same),
);

const { condition } = fc.letrec<{ condition: Spelling; item: Spelling }>((tie) => ({
  item: fc.oneof(
    sum.map((part) => join([part], ([x]) => `x >= ${x}`)),
    fc.constantFrom("x == 'a'", "x == n", "x != null", "x", "x.n > 1.0").map(same),
    fc.tuple(tie("item"), tie("condition")).map((pair) => join(pair, ([x, y]) => `(${x} || ${y})`)),
  ),
  condition: fc.oneof(
    { maxDepth: 3 },
    test,
    fc
      .tuple(tie("condition"), tie("condition"))
      .map(([a, b]) => ({ ours: `(${a.ours} and ${b.ours})`, theirs: `(${a.theirs} && ${b.theirs})` })),
    fc
      .tuple(tie("condition"), tie("condition"))
      .map(([a, b]) => ({ ours: `(${a.ours} or ${b.ours})`, theirs: `(${a.theirs} || ${b.theirs})` })),
    tie("condition").map((a) => ({ ours: `(not ${a.ours})`, theirs: `(!(${a.theirs}))` })),
    tie("condition").map((a) => join([a], ([x]) => `!(${x})`)),
    fc
      .tuple(tie("condition"), tie("condition"), tie("condition"))
      .map((parts) => join(parts, ([x, y, z]) => `(${x} ? ${y} : ${z})`)),
    fc
      .tuple(
        fc.constantFrom("tags", "numbers", "mixed", "rows", "m", "n"),
        fc.constantFrom("all", "exists", "exists_one"),
        tie("item"),
      )
      .map(([range, macro, body]) => join([body], ([x]) => `${range}.${macro}(x, ${x})`)),
    fc
      .tuple(fc.constantFrom("tags", "numbers", "mixed"), tie("item"), fc.integer({ min: 0, max: 3 }))
      .map(([range, body, n]) => ({
        ours: `${range}.filter(x, ${body.ours}).size() == ${n}`,
        theirs: `${range}.filter(x, ${body.theirs}).size() == ${n}`,
      })),
  ),
}));

const value = fc.record({
  n: fc.constantFrom(0, 1, 1.5, -2, 3),
  zero: fc.constant(0),
  ok: fc.boolean(),
  title: fc.constantFrom("", "a", "ab", "é😀"),
  nothing: fc.constant(null),
  tags: fc.constantFrom<string[]>([], ["a"], ["a", "b"]),
  numbers: fc.constantFrom<number[]>([], [1], [1, 2.5, 3]),
  mixed: fc.constantFrom<Json[]>([], [1, "a"], [null, { n: 2 }], ["a", 1.5, true]),
  rows: fc.constantFrom<Json[]>([], [{ n: 1 }, { n: 2 }], [{ z: 1 }, { n: 2 }]),
  m: fc.constantFrom<Json>({}, { n: 1, t: "x" }, { n: 2, deep: { n: 3 } }),
});

const env = celEnv({ funcs: strings });

function theirVerdict(source: string, given: { readonly [name: string]: Json }): boolean | "no value" {
  const result = plan(env, parse(source))(given as { readonly [name: string]: CelInput });
  return typeof result === "boolean" && !isCelError(result) ? result : "no value";
}

function ourVerdict(source: string, given: Json): boolean | "no value" | undefined {
  const compiled = compileCondition(source);
  if (!compiled.ok) return undefined;
  const verdict = compiled.evaluate(given);
  if ("failed" in verdict) return "no value";
  return verdict.reason.startsWith("no field") || verdict.reason.startsWith("no element") ? "no value" : verdict.pass;
}

describe("compileCondition against another CEL implementation", () => {
  it("random accepted conditions over random values: the same verdict", () => {
    let compared = 0;
    fc.assert(
      fc.property(condition, value, (spelling, given) => {
        const ours = ourVerdict(spelling.ours, given);
        if (ours === undefined) return;
        compared++;
        expect(ours, spelling.theirs).toBe(theirVerdict(spelling.theirs, given));
      }),
      { numRuns: Number(process.env["NANOBRAIN_ORACLE_RUNS"] ?? 2000) },
    );
    expect(compared).toBeGreaterThan(500);
  }, 600_000);
});
