import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillSecrets, secretMask } from "./secret-mask.js";

describe("secretMask", () => {
  it("mask: a secret is gone from any text, plain or in base64 with anything around it", () => {
    const text = fc.string({ minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.string(), fc.string(), (secret, before, after) => {
        const mask = secretMask({ S: secret });
        if (mask === undefined) throw new TypeError("a mask is expected");
        expect(mask(before + secret + after)).not.toContain(secret);
        const inBase64 = Buffer.from(before + secret + after).toString("base64");
        expect(Buffer.from(mask(inBase64), "base64").toString()).not.toContain(secret);
      }),
    );
  });

  it("mask: URL-encoded, JSON-escaped and single lines of a secret are covered", () => {
    const secret = 'first line of key\nsecond "line" &c';
    const mask = secretMask({ KEY: secret });
    expect(mask?.(`a=${encodeURIComponent(secret)}`)).toBe("a=***");
    expect(mask?.(JSON.stringify({ secret }))).toBe('{"secret":"***"}');
    expect(mask?.("> first line of key <")).toBe("> *** <");
  });

  it("mask: nothing to mask, no mask", () => {
    expect(secretMask({})).toBeUndefined();
    expect(secretMask({ SHORT: "abc", EMPTY: "" })).toBeUndefined();
  });
});

describe("fillSecrets", () => {
  it("fill: references are replaced in values at any depth, keys and other texts stay", () => {
    const config = {
      url: "http://h/?t=${secret:A}&u=${secret:B}",
      list: [{ deep: "${secret:A}" }],
      n: 1,
      none: null,
      "${secret:A}": "${A}",
    };
    expect(fillSecrets(config, { A: "one$&", B: "two" })).toEqual({
      url: "http://h/?t=one$&&u=two",
      list: [{ deep: "one$&" }],
      n: 1,
      none: null,
      "${secret:A}": "${A}",
    });
  });

  it("fill: a secret that was not handed over is named, inherited names are none", () => {
    expect(() => fillSecrets({ a: "${secret:NONE}" }, {})).toThrow(/Secret NONE is not set/);
    expect(() => fillSecrets({ a: "${secret:toString}" }, {})).toThrow(/Secret toString is not set/);
  });
});
