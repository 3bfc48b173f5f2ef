import type { Json } from "@nanobrain/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { reportVariables } from "./format-for-report.js";
import { markdownSections } from "./markdown-sections.js";

test("format_for_report: any JSON gives all variables, and going through again changes nothing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const once = reportVariables(value as Json);
      expect(Object.values(once).every((one) => one !== undefined)).toBe(true);
      expect(reportVariables(once as unknown as Json)).toEqual(once);
    }),
  );
});

test("format_for_report: fields that have another kind than expected are passed over", () => {
  const odd = {
    text: 5,
    title: ["a"],
    sections: "x",
    findings: { text: 3 },
    sources: [1, null, { title: " " }, { title: "T", year: "c. 1999", authors: "A; B" }],
    usage: [],
  };
  const read = reportVariables(odd as unknown as Json);
  expect(read).toMatchObject({ text: "5", title: "", findings: [{ text: "3" }] });
  expect(read.references).toMatchObject([{ title: "T", year: 1999, authors: ["A", "B"], key: "a1999" }]);
});

test("format_for_report: what an agent said by its schema goes before its text", () => {
  const read = reportVariables({
    text: "# Head\n\nlead\n\n## One\n\ntext\n",
    output: { title: "Said", summary: "Short", findings: ["a", { claim: "b", sources: ["@k"] }] },
    data: { data_quality_score: 0.9 },
    other: { n: 1 },
  });
  expect(read).toMatchObject({
    title: "Said",
    summary: "Short",
    findings: [{ text: "a" }, { text: "b", sources: ["k"] }],
    sections: [
      { heading: "Overview", text: "lead" },
      { heading: "One", text: "text" },
    ],
    data: { data_quality_score: 0.9, other: { n: 1 } },
  });
});

test("sections: headings in code are none; a text without headings is one section", () => {
  expect(markdownSections("```\n# no\n```\n\n## A\n\nx\n\n### deeper\n\n## B\n")).toMatchObject({
    title: "",
    sections: [
      { heading: "A", text: "x\n\n### deeper" },
      { heading: "B", text: "" },
    ],
  });
  expect(markdownSections("just text")).toEqual({
    title: "",
    lead: "",
    sections: [{ heading: "Analysis", text: "just text" }],
  });
});
