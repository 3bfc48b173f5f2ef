import { describe, expect, it } from "vitest";
import { fillSecrets } from "./fill-secrets.js";

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
