import { expect, test } from "vitest";
import { docxReport } from "./docx/docx-report.js";
import { readZip } from "./docx/zip.js";
import { htmlReport } from "./html/html-report.js";
import type { ReportTree } from "./tree/report-tree.js";

const line = (text: string) => [{ kind: "text", text }] as const;
const tree: ReportTree = {
  title: "\u05e9\u05dc\u05d5\u05dd",
  authors: [],
  date: "",
  language: "he-IL",
  subject: "",
  keywords: [],
  notes: [],
  references: [],
  blocks: [
    { kind: "paragraph", children: line("\u05e2\u05d5\u05dc\u05dd and English") },
    { kind: "paragraph", children: line("Only English") },
  ],
};

test("HTML: the page and its texts from right to left say so, others do not", () => {
  const page = htmlReport(tree);
  expect(page).toContain('<html lang="he-IL" dir="rtl">');
  expect(page).toContain('<p dir="auto">\u05e2\u05d5\u05dc\u05dd and English</p>');
  expect(page).toContain("<p>Only English</p>");
  expect(htmlReport({ ...tree, language: "en" })).toContain('<html lang="en">');
});

test("DOCX: paragraphs, runs and language from right to left say so, others do not", async () => {
  const parts = readZip(await docxReport(tree, { pageSize: "A4", madeAt: 0, producer: "NanoBrain" }));
  const text = (name: string): string => parts.find((part) => part.name === name)?.bytes.toString() ?? "";
  const paragraphs = text("word/document.xml").split("<w:p>");
  const of = (words: string): string => paragraphs.find((one) => one.includes(words)) ?? "";
  expect(of("and English")).toMatch(/<w:bidi\/>.*<w:rtl\/>/s);
  expect(of("Only English")).not.toMatch(/<w:bidi|<w:rtl/);
  expect(text("word/styles.xml")).toContain('w:bidi="he-IL"');
});
