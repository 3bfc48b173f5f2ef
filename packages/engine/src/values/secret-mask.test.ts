import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskedFailure } from "./masked-failure.js";
import { type SecretMask, secretMask } from "./secret-mask.js";

function maskOf(...secrets: readonly string[]): SecretMask {
  const mask = secretMask(Object.fromEntries(secrets.map((secret, n) => [`S${n}`, secret])));
  if (mask === undefined) throw new TypeError("a mask is expected");
  return mask;
}

describe("secretMask", () => {
  it("mask: a secret is gone from any text, plain or in base64 with anything around it", () => {
    const text = fc.string({ minLength: 12, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.string(), fc.string(), (secret, before, after) => {
        const mask = maskOf(secret);
        expect(mask(before + secret + after)).not.toContain(secret);
        const inBase64 = Buffer.from(before + secret + after).toString("base64");
        expect(Buffer.from(mask(inBase64), "base64").toString()).not.toContain(secret);
      }),
    );
  });

  it("mask: any secret of any characters, in every spelling that quotes it", () => {
    const unit = fc.constantFrom(..."ab1 \\\"'&<>%+/=\n\t\r$`é😀");
    fc.assert(
      fc.property(fc.string({ unit, minLength: 8, maxLength: 24 }), (secret) => {
        if (secret.trim().length < 4) return;
        const mask = maskOf(secret);
        for (const [way, spelt] of Object.entries(spellings(secret)))
          expect(mask(`<${spelt}>`).includes(spelt), `${way} of ${JSON.stringify(secret)}`).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("mask: base64 and hex that are broken into lines, also line by line", () => {
    const secret = "a key of some length ".repeat(9);
    const wrapped = (
      Buffer.from(secret)
        .toString("base64")
        .match(/.{1,76}/g) ?? []
    ).join("\n");
    const mask = maskOf(secret);
    expect(mask(wrapped)).toBe("***");
    expect(
      wrapped
        .split("\n")
        .map((line) => mask(line))
        .join(""),
    ).toMatch(/^(\*\*\*)+$/);
    expect(
      mask(
        (
          Buffer.from(secret)
            .toString("hex")
            .match(/.{1,60}/g) ?? []
        ).join("\r\n"),
      ),
    ).toBe("***");
  });

  it("mask: many backslashes take no longer than few", () => {
    const mask = maskOf(`${"\\".repeat(60)}x`, '\\"'.repeat(30), "%25".repeat(20));
    expect(mask(`${"\\".repeat(100_000)}y${'\\"'.repeat(29)}${"%25".repeat(19)}`)).toHaveLength(100_001 + 58 + 57);
  });

  it("mask: nothing to mask, no mask", () => {
    expect(secretMask({})).toBeUndefined();
    expect(secretMask({ SHORT: "abc", EMPTY: "" })).toBeUndefined();
  });

  it("mask: numbers of at least eight digits that are a secret", () => {
    const mask = maskOf("12345678", "2024");
    expect([mask.hides(12345678), mask.hides(1234567), mask.hides(2024)]).toEqual([true, false, false]);
  });
});

describe("maskedFailure", () => {
  it("failure: secrets go from message, hint, stack, details and causes, also what a cut left of them", () => {
    const secret = "correct-horse-battery";
    const failure = maskedFailure(
      {
        kind: "step",
        code: "E_STEP",
        message: `said: ${secret.slice(0, 9)} ... (80 more characters)`,
        hint: `... ${secret.slice(5)} and more`,
        stack: `    at ${secret}\n    at ${secret.slice(0, 7)}`,
        details: { [secret]: [secret, 5], body: `${secret.slice(0, 6)} ...` },
        cause: { kind: "step", code: "E_STEP", message: secret },
      },
      maskOf(secret),
    );
    expect(failure).toEqual({
      kind: "step",
      code: "E_STEP",
      message: "said: *** ... (80 more characters)",
      hint: "... *** and more",
      stack: "    at ***\n    at ***",
      details: { "***": ["***", 5], body: "*** ..." },
      cause: { kind: "step", code: "E_STEP", message: "***" },
    });
  });
});

function spellings(secret: string): { readonly [way: string]: string } {
  const url = encodeURIComponent(secret);
  const html = secret.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return {
    plain: secret,
    json: JSON.stringify(secret).slice(1, -1),
    "json in json": JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    "json for ascii": JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
    "json with slashes": JSON.stringify(secret).slice(1, -1).replaceAll("/", "\\/"),
    url,
    "url, small letters": url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    form: new URLSearchParams({ q: secret }).toString().slice(2),
    html,
    "html, names": secret
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#x27;"),
    shell: secret.replaceAll("'", "'\\''"),
    hex: Buffer.from(secret).toString("hex"),
    base64: Buffer.from(secret).toString("base64"),
    base64url: Buffer.from(secret).toString("base64url"),
  };
}
