import { describe, expect, it } from "vitest";
import { quotable, sentencesOf } from "./sentences.js";

describe("sentencesOf", () => {
  it.each([
    ["One ends here. Another begins.", ["One ends here.", "Another begins."]],
    [
      "As shown by Smith et al. (2020) it holds. So does this.",
      ["As shown by Smith et al. (2020) it holds.", "So does this."],
    ],
    ["See Fig. 3 and refs. 4, 5. Then go on.", ["See Fig. 3 and refs. 4, 5.", "Then go on."]],
    ["The mean was 3.14 and p = 0.05. It is small.", ["The mean was 3.14 and p = 0.05.", "It is small."]],
    [
      "Found at doi 10.1038/s41586-021-03819-2. It is open.",
      ["Found at doi 10.1038/s41586-021-03819-2.", "It is open."],
    ],
    ["J. R. Smith wrote it. We read it.", ["J. R. Smith wrote it.", "We read it."]],
    ["Growth of E. coli is fast, e.g. in broth. It ends.", ["Growth of E. coli is fast, e.g. in broth.", "It ends."]],
    ["Is it so? Yes!  It is.", ["Is it so?", "Yes!", "It is."]],
    ["First line\nof one sentence.\n\nSecond block", ["First line of one sentence.", "Second block"]],
    ["", []],
  ])("%s", (text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences);
  });
});

describe("quotable", () => {
  it("parts of an abstract: their names are left off", () => {
    const said = "We compared the structures of forty proteins.";
    for (const name of ["METHODS: ", "Results: ", "Materials and Methods: ", "CONCLUSIONS AND RELEVANCE: "])
      expect(quotable(`${name}${said}`)).toBe(said);
  });

  it.each([
    "Too short to say much.",
    "© 2021 The Authors. Published by Elsevier Ltd. All rights reserved by them.",
    "A heading that has no mark at its end and so is no sentence",
    "and this one begins in the midst of something that was cut off.",
    "1.2 3.4 5.6 7.8 9.1 2.3 4.5 6.7 8.9 1.2 3.4 5.6 7.8 9.1 2.3.",
  ])("%s: is left out", (text) => {
    expect(quotable(text)).toBeUndefined();
  });
});
