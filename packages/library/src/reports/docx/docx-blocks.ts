import type * as Docx from "docx";
import { pngOf } from "../png-of.js";
import type { Block, Inline, ReportTree } from "../tree/report-tree.js";
import { beginsRightToLeft, hasRightToLeft } from "../tree/right-to-left.js";
import { tableShape } from "../tree/table-shape.js";
import { listReference } from "./docx-styles.js";

export type DocxScope = {
  readonly docx: typeof Docx;
  readonly tree: ReportTree;
  /** Twentieths of a point. */
  readonly textWidth: number;
  /** Numbered lists so far: each begins to count anew. */
  readonly lists: { count: number };
};

type Made = Docx.Paragraph | Docx.Table | Docx.TableOfContents;
/** What a block's surroundings say of it. */
type Around = { readonly style?: string; readonly level: number };

export async function docxBlocks(
  scope: DocxScope,
  blocks: readonly Block[],
  around: Around = { level: 0 },
): Promise<Made[]> {
  const made: Made[] = [];
  for (const one of blocks) made.push(...(await block(scope, one, around)));
  return made;
}

async function block(scope: DocxScope, one: Block, around: Around): Promise<Made[]> {
  const { docx } = scope;
  const style = around.style === undefined ? {} : { style: around.style };
  switch (one.kind) {
    case "heading":
      return [heading(scope, one)];
    case "paragraph":
      return [new docx.Paragraph({ ...style, ...docxSide(one.children), children: docxLine(scope, one.children) })];
    case "list":
      return list(scope, one, around);
    case "quote":
      return docxBlocks(scope, one.blocks, { ...around, style: "Quote" });
    case "code":
      return code(scope, one.text);
    case "table":
      return [table(scope, one), new docx.Paragraph({ children: [] })];
    case "rule":
      return [new docx.Paragraph({ thematicBreak: true })];
    case "figure":
      return figure(scope, one);
    case "references":
      return references(scope);
    case "contents":
      return [new docx.TableOfContents("Contents", { hyperlink: true, headingStyleRange: "1-2", beginDirty: false })];
  }
}

/** The title is no heading: headings of the text begin with `Heading 1`. */
function heading({ docx, tree, ...rest }: DocxScope, one: Block & { readonly kind: "heading" }): Docx.Paragraph {
  const { HEADING_1, HEADING_2, HEADING_3, HEADING_4, HEADING_5 } = docx.HeadingLevel;
  const level = [HEADING_1, HEADING_2, HEADING_3, HEADING_4, HEADING_5][one.level - 2] ?? HEADING_5;
  const children = [new docx.Bookmark({ id: one.id, children: docxLine({ docx, tree, ...rest }, one.children) })];
  return new docx.Paragraph({ heading: level, ...docxSide(one.children), children });
}

async function list(scope: DocxScope, one: Block & { readonly kind: "list" }, around: Around): Promise<Made[]> {
  const { docx } = scope;
  const level = Math.min(4, around.level);
  const instance = one.start === null ? 0 : ++scope.lists.count;
  const mark =
    one.start === null ? { bullet: { level } } : { numbering: { reference: listReference, level, instance } };
  const made: Made[] = [];
  for (const item of one.items) {
    const [first, ...rest] = item;
    const text = first?.kind === "paragraph" ? first.children : [];
    const line = docxLine(scope, text);
    made.push(new docx.Paragraph({ ...mark, ...docxSide(text), spacing: { after: 60 }, children: line }));
    made.push(
      ...(await docxBlocks(scope, first?.kind === "paragraph" ? rest : item, { ...around, level: around.level + 1 })),
    );
  }
  return made;
}

function code({ docx }: DocxScope, text: string): Made[] {
  const shading = { type: docx.ShadingType.CLEAR, fill: "F4F7FA", color: "auto" };
  const lines = text
    .split("\n")
    .map((one) => new docx.Paragraph({ style: "SourceCode", shading, children: [new docx.TextRun(one)] }));
  return [...lines, new docx.Paragraph({ children: [] })];
}

function table(scope: DocxScope, { head, rows, align }: Block & { readonly kind: "table" }): Docx.Table {
  const { docx } = scope;
  const columns = Math.max(1, head.length);
  const sides = { left: docx.AlignmentType.LEFT, center: docx.AlignmentType.CENTER, right: docx.AlignmentType.RIGHT };
  const line = { style: docx.BorderStyle.SINGLE, size: 4, color: "D7DEE6" };
  const none = { style: docx.BorderStyle.NONE, size: 0, color: "auto" };
  const row = (cells: readonly (readonly Inline[])[], isHead: boolean) =>
    new docx.TableRow({
      tableHeader: isHead,
      cantSplit: true,
      children: Array.from({ length: columns }, (_, at) => {
        const children = docxLine(scope, cells[at] ?? [], isHead ? { bold: true, size: 19 } : { size: 19 });
        const paragraph = new docx.Paragraph({
          alignment: sides[align[at] ?? "left"],
          spacing: { after: 0 },
          ...docxSide(cells[at] ?? []),
          children,
        });
        return new docx.TableCell({ margins: { top: 50, bottom: 50, left: 90, right: 90 }, children: [paragraph] });
      }),
    });
  const width = Math.floor(scope.textWidth / columns);
  const { isWide } = tableShape(head, rows, scope.textWidth / 20, 0);
  return new docx.Table({
    // Word widens a table to its longest words, beyond the page, unless its widths are fixed.
    ...(isWide ? { layout: docx.TableLayoutType.FIXED } : {}),
    rows: [row(head, true), ...rows.map((one) => row(one, false))],
    width: { size: scope.textWidth, type: docx.WidthType.DXA },
    columnWidths: Array.from({ length: columns }, () => width),
    borders: { top: none, left: none, right: none, bottom: line, insideHorizontal: line, insideVertical: none },
  });
}

async function figure(scope: DocxScope, one: Block & { readonly kind: "figure" }): Promise<Made[]> {
  const { docx } = scope;
  const { svg, width, height, alt, chart } = one.chart;
  const scale = Math.min(1, scope.textWidth / 15 / width, 840 / height);
  const image = new docx.ImageRun({
    type: "png",
    data: await pngOf(svg, width * 2),
    transformation: { width: Math.round(width * scale), height: Math.round(height * scale) },
    altText: { name: chart.name, title: chart.title, description: alt },
  });
  const caption = docxText(scope, `Figure ${one.number}. ${one.caption}`);
  return [
    new docx.Paragraph({
      alignment: docx.AlignmentType.CENTER,
      keepNext: true,
      spacing: { before: 160, after: 0 },
      children: [image],
    }),
    new docx.Paragraph({
      style: "Caption",
      ...docxSide(one.caption),
      alignment: docx.AlignmentType.CENTER,
      children: [caption],
    }),
  ];
}

function references(scope: DocxScope): Made[] {
  const { docx } = scope;
  return scope.tree.references.map(({ label, children }, at) => {
    const mark = label === "" ? [] : [new docx.TextRun({ children: [label, new docx.Tab()] })];
    const line = new docx.Bookmark({ id: `ref-${at + 1}`, children: [...mark, ...docxLine(scope, children)] });
    return new docx.Paragraph({ style: "Bibliography", ...docxSide(children), children: [line] });
  });
}

type Run = Docx.IRunOptions;

/** A line as runs, links and marks. */
export function docxLine(scope: DocxScope, children: readonly Inline[], run: Run = {}): Docx.ParagraphChild[] {
  return children.flatMap((one) => part(scope, one, run));
}

function part(scope: DocxScope, one: Inline, run: Run): Docx.ParagraphChild[] {
  const { docx } = scope;
  switch (one.kind) {
    case "text":
      return [docxText(scope, one.text, run)];
    case "code":
      return [new docx.TextRun({ ...run, font: "Consolas", text: xmlText(one.text) })];
    case "strong":
      return docxLine(scope, one.children, { ...run, bold: true });
    case "emphasis":
      return docxLine(scope, one.children, { ...run, italics: true });
    case "strike":
      return docxLine(scope, one.children, { ...run, strike: true });
    case "link":
      return [
        new docx.ExternalHyperlink({
          link: one.href,
          children: docxLine(scope, one.children, { ...run, style: "Hyperlink" }),
        }),
      ];
    case "break":
      return [new docx.TextRun({ ...run, break: 1 })];
    case "note":
      return [new docx.FootnoteReferenceRun(one.note + 1)];
    case "reference": {
      const at = scope.tree.references.findIndex((entry) => entry.key === one.key);
      const text = docxText(scope, one.text, run);
      return at < 0 ? [text] : [new docx.InternalHyperlink({ anchor: `ref-${at + 1}`, children: [text] })];
    }
  }
}

/** Where a paragraph's lines begin. */
export function docxSide(text: string | readonly Inline[]): { readonly bidirectional?: true } {
  return beginsRightToLeft(text) ? { bidirectional: true } : {};
}

export function docxText({ docx }: DocxScope, text: string, run: Run = {}): Docx.TextRun {
  return new docx.TextRun({ ...run, ...(hasRightToLeft(text) ? { rightToLeft: true } : {}), text: xmlText(text) });
}

/** Characters that XML has no place for are left out. */
function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
}
