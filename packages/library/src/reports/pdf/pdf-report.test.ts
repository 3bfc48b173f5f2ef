import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finishBlocks } from "../tree/finish-tree.js";
import { readMarkdown } from "../tree/read-markdown.js";
import type { ReportTree } from "../tree/report-tree.js";
import { pdfReport } from "./pdf-report.js";

const options = { pageSize: "A4", madeAt: Date.UTC(2026, 0, 2), producer: "NanoBrain", fonts: [] } as const;

async function treeOf(markdown: string): Promise<ReportTree> {
  const read = await readMarkdown(markdown, { cite: () => [], figure: () => undefined });
  const { title, blocks } = finishBlocks(read.blocks, undefined);
  const plain = { authors: [], date: "", language: "en", subject: "", keywords: [], references: [] };
  return { ...plain, title, blocks, notes: read.notes };
}

const hasPdftotext = spawnSync("pdftotext", ["-v"]).error === undefined;

/** Text of each page, as another program reads it. */
function pagesOf(bytes: Buffer): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "nanobrain-pdf-"));
  try {
    writeFileSync(join(folder, "report.pdf"), bytes);
    const { stdout } = spawnSync("pdftotext", ["-layout", join(folder, "report.pdf"), "-"], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.toString().split("\f").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const paragraph = (words: number): string => "words of a paragraph ".repeat(words / 4);

test("headings: none stands alone at the end of a page, each is in the outline, and contents name their pages", async () => {
  const sections = Array.from(
    { length: 120 },
    (_, at) => `## Section ${at} begins\n\n${paragraph(40 + 13 * (at % 17))}\n`,
  );
  const { bytes } = await pdfReport(await treeOf(`# Long\n\n[contents]\n\n${sections.join("\n")}`), options);
  expect(bytes.toString("latin1").match(/\/Title \(/g)?.length).toBeGreaterThanOrEqual(120);
  if (!hasPdftotext) return;
  const pages = pagesOf(bytes);
  expect(pages.length).toBeGreaterThan(15);
  const begins = new Map<string, number>();
  for (const [at, page] of pages.entries()) {
    const lines = page.split("\n").filter((line) => line.trim() !== "");
    const beforeFooter = lines.at(-2) ?? "";
    if (!/ {4}\d+$/.test(beforeFooter)) expect(beforeFooter).not.toMatch(/^Section/);
    for (const line of lines) if (/^Section \d+ begins$/.test(line.trim())) begins.set(line.trim(), at + 1);
  }
  expect(begins.size).toBe(120);
  const told = [...pages.join("\n").matchAll(/(Section \d+ begins) {4,}(\d+)/g)].map(([, name, page]) => [
    name,
    Number(page),
  ]);
  expect(told).toEqual([...begins]);
});

test("tables: nothing of one that is wider than the page, or of a row that is higher, is lost", async (context) => {
  if (!hasPdftotext) return context.skip("pdftotext is not installed");
  const columns = Array.from({ length: 24 }, (_, at) => `c${at}`);
  const markdown = [
    `| ${columns.join(" | ")} |`,
    `|${"---|".repeat(24)}`,
    `| ${columns.map((name) => `value-of-${name}`).join(" | ")} |`,
    "",
    "| a | b |",
    "|---|---|",
    `| ${"verylongword".repeat(30)} | behind |`,
    "",
    "| high | low |",
    "|---|---|",
    `| ${Array.from({ length: 1500 }, (_, at) => `w${at}`).join(" ")} | beside |`,
    "| after | it |",
  ].join("\n");
  const pages = pagesOf((await pdfReport(await treeOf(`# Tables\n\n${markdown}`), options)).bytes);
  const text = pages.join("\n");
  for (const name of columns) expect(text.replace(/\s+/g, "")).toContain(name);
  expect(text).toContain("behind");
  expect(text.match(/verylongword/g)?.length).toBeGreaterThan(20);
  const words = new Set(text.split(/\s+/));
  expect(Array.from({ length: 1500 }, (_, at) => `w${at}`).filter((word) => !words.has(word))).toEqual([]);
  expect(text).toContain("after");
});

test("text from right to left: PDF tells that its words are in the wrong order", async () => {
  expect((await pdfReport(await treeOf("# Title\n\nשלום עולם"), options)).isDisordered).toBe(true);
  expect((await pdfReport(await treeOf("# Title\n\nhello é 中"), options)).isDisordered).toBe(false);
});
