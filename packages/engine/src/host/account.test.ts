import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Amounts, plus } from "../contracts/spending.js";
import { type Account, grantOf } from "./account.js";

const account = (limits: Amounts, spent: Amounts = {}, ...held: readonly Amounts[]): Account => ({
  workflow: "w",
  limits,
  spent: () => spent,
  held: new Set(held),
  waiting: new Set(),
});
const call = { least: { model_calls: 1, tokens: 101, ms: 1 }, most: { model_calls: 1, tokens: 1100 } };
const refusal = (...given: Parameters<typeof account>): unknown => {
  const grant = grantOf(account(...given), call);
  return "refused" in grant ? grant.refused : grant.room;
};

describe("budget of a run", () => {
  it("says what is left, up to what is wanted", () => {
    expect(refusal({ tokens: 10_000 })).toEqual({ tokens: 1100 });
    expect(refusal({ tokens: 10_000 }, { tokens: 9500 })).toEqual({ tokens: 500 });
    expect(refusal({ ms: 5000 }, { ms: 2000 })).toEqual({ ms: 3000 });
  });

  it("what does not fit is refused, with its key and what was spent", () => {
    expect(refusal({ model_calls: 2 }, { model_calls: 2 })).toEqual({
      key: "model_calls",
      what: "2 of 2 calls of models are made",
    });
    expect(refusal({ tokens: 1000 }, { tokens: 950 })).toMatchObject({ key: "tokens" });
    expect(refusal({ ms: 5000 }, { ms: 5100 })).toEqual({ key: "time", what: "calls took 5.1 s of 5 s" });
  });

  it("money with a call whose cost nobody knows: refused", () => {
    expect(refusal({ usd: 1 })).toMatchObject({ key: "usd" });
  });

  it("what calls under way hold may come back: the next one waits, but not for calls, which are certain", () => {
    expect(refusal({ tokens: 1200 }, {}, { tokens: 1100 })).toBe("wait");
    expect(refusal({ model_calls: 1 }, {}, { model_calls: 1 })).toEqual({
      key: "model_calls",
      what: "1 of 1 calls of models are made or under way",
    });
  });

  it("is never passed, however calls begin and end", () => {
    const limit = 5000;
    const step = fc.record({
      least: fc.integer({ min: 1, max: 2000 }),
      more: fc.integer({ min: 0, max: 3000 }),
      used: fc.double({ min: 0, max: 1, noNaN: true }),
      ends: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let spent: Amounts = {};
        const held = new Set<Amounts>();
        const it: Account = { workflow: "w", limits: { tokens: limit }, spent: () => spent, held, waiting: new Set() };
        for (const { least, more, used, ends } of steps) {
          const grant = grantOf(it, { least: { tokens: least }, most: { tokens: least + more } });
          if ("room" in grant) held.add({ tokens: grant.room.tokens ?? 0 });
          else if (grant.refused === "wait") expect(held.size).toBeGreaterThan(0);
          const [first] = held;
          if (ends && first !== undefined) {
            held.delete(first);
            spent = plus(spent, { tokens: Math.floor((first.tokens ?? 0) * used) });
          }
          const all = [...held].reduce(plus, spent).tokens ?? 0;
          expect(all).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });
});
