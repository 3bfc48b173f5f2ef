import type * as Docx from "docx";
import type { ReportTree } from "../tree/report-tree.js";
import { type DocxScope, docxBlocks, docxLine, docxSide, docxText } from "./docx-blocks.js";
import { docxStyles, listNumbering } from "./docx-styles.js";
import { steadyDocx } from "./steady-docx.js";

export type DocxOptions = {
  readonly pageSize: "A4" | "Letter";
  /** Epoch ms, for the file's own date. */
  readonly madeAt: number;
  readonly producer: string;
};

/** Sizes in twentieths of a point. */
const papers = { A4: { width: 11_906, height: 16_838 }, Letter: { width: 12_240, height: 15_840 } };
const margin = 1_300;

/** The report as a Word document with real styles, the same bytes for the same report. */
export async function docxReport(tree: ReportTree, options: DocxOptions): Promise<Buffer> {
  const docx = await import("docx");
  const paper = papers[options.pageSize];
  const scope = { docx, tree, textWidth: paper.width - 2 * margin, lists: { count: 0 } };
  const document = new docx.Document({
    title: tree.title,
    creator: tree.authors.join(", ") || "NanoBrain",
    lastModifiedBy: options.producer,
    subject: tree.subject,
    keywords: tree.keywords.join(", "),
    description: tree.subject,
    styles: docxStyles(tree.language),
    numbering: { config: [listNumbering(docx)] },
    footnotes: Object.fromEntries(
      tree.notes.map((note, at) => [
        String(at + 1),
        { children: [new docx.Paragraph({ children: docxLine(scope, note) })] },
      ]),
    ),
    sections: [
      {
        properties: {
          page: { size: paper, margin: { top: margin, bottom: margin, left: margin, right: margin } },
        },
        footers: { default: pageFooter(docx, scope.textWidth, tree.title) },
        children: [...heading(scope), ...(await docxBlocks(scope, tree.blocks))],
      },
    ],
  });
  return steadyDocx(await docx.Packer.toBuffer(document), new Date(options.madeAt));
}

function heading(scope: DocxScope): Docx.Paragraph[] {
  const { docx, tree } = scope;
  const byline = [tree.authors.join(", "), tree.date].filter((one) => one !== "").join(" · ");
  return [
    new docx.Paragraph({
      heading: docx.HeadingLevel.TITLE,
      ...docxSide(tree.title),
      children: [docxText(scope, tree.title)],
    }),
    ...(byline === ""
      ? []
      : [new docx.Paragraph({ style: "Subtitle", ...docxSide(byline), children: [docxText(scope, byline)] })]),
  ];
}

function pageFooter(docx: typeof Docx, textWidth: number, title: string): Docx.Footer {
  const numbers = [docx.PageNumber.CURRENT, " / ", docx.PageNumber.TOTAL_PAGES];
  const short = title.length > 80 ? `${title.slice(0, 78)}…` : title;
  return new docx.Footer({
    children: [
      new docx.Paragraph({
        style: "Footer",
        tabStops: [{ type: docx.TabStopType.RIGHT, position: textWidth }],
        children: [new docx.TextRun({ children: [short, new docx.Tab(), ...numbers] })],
      }),
    ],
  });
}
