import { readFile } from "node:fs/promises";
import { fontSigns } from "../font-signs.js";
import { type FontFamily, packagedFonts } from "../fonts.js";
import type { ReportTree } from "../tree/report-tree.js";
import { type PdfPaper, pdfContent } from "./pdf-content.js";
import { PdfText } from "./pdf-text.js";
import { loadPdfmake, type Margin, type PdfDefinition } from "./pdfmake.js";

export type PdfOptions = {
  readonly pageSize: "A4" | "Letter";
  /** Epoch ms, for the file's own date. */
  readonly madeAt: number;
  /** Paths of further fonts, asked in order after the packaged ones. */
  readonly fonts: readonly string[];
  /** What made it. */
  readonly producer: string;
};

const margins: Margin = [62, 62, 62, 64];
const papers = { A4: { width: 595.28, height: 841.89 }, Letter: { width: 612, height: 792 } };

export type PdfReport = {
  readonly bytes: Buffer;
  /** Signs that no font has; they show as empty boxes. */
  readonly missing: readonly string[];
  /** True: it has text written from right to left, whose words stand in the wrong order. */
  readonly isDisordered: boolean;
};

/** The report as PDF, the same bytes for the same report. */
export async function pdfReport(tree: ReportTree, options: PdfOptions): Promise<PdfReport> {
  const fonts = fontsOf(options.fonts);
  const text = new PdfText(
    await Promise.all(
      Object.entries(fonts)
        // Code's font is asked first for code, and last otherwise.
        .sort(([a], [b]) => Number(a === "Mono") - Number(b === "Mono"))
        .map(async ([name, one]) => ({ name, signs: fontSigns(await readFile(one.normal)) })),
    ),
  );
  const { width, height } = papers[options.pageSize];
  const textWidth = width - margins[0] - margins[2];
  const textHeight = height - margins[1] - margins[3];
  const definition = definitionOf(tree, options, { textWidth, textHeight, text });
  const pdfmake = loadPdfmake();
  const paths = new Set(Object.values(fonts).flatMap((one) => Object.values(one)));
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => paths.has(path));
  pdfmake.setFonts(fonts);
  const bytes = await pdfmake.createPdf(definition).getBuffer();
  return { bytes: Buffer.from(bytes), missing: [...text.missing], isDisordered: text.hasRightToLeft };
}

function fontsOf(extra: readonly string[]): { readonly [name: string]: FontFamily } {
  const own = extra.map((path, at) => [
    `Extra${at + 1}`,
    { normal: path, bold: path, italics: path, bolditalics: path },
  ]);
  return { ...packagedFonts(), ...Object.fromEntries(own) };
}

function definitionOf(tree: ReportTree, options: PdfOptions, paper: PdfPaper): PdfDefinition {
  const { text } = paper;
  const title = text.runs(tree.title.length > 90 ? `${tree.title.slice(0, 88)}…` : tree.title);
  return {
    content: pdfContent(tree, paper),
    pageSize: options.pageSize === "A4" ? "A4" : "LETTER",
    pageMargins: margins,
    language: tree.language,
    displayTitle: true,
    version: "1.7",
    info: {
      title: tree.title,
      author: tree.authors.join(", "),
      subject: tree.subject,
      keywords: tree.keywords.join(", "),
      creator: options.producer,
      producer: options.producer,
      creationDate: new Date(options.madeAt),
      modDate: new Date(options.madeAt),
    },
    defaultStyle: { font: "Roboto", fontSize: 10.5, lineHeight: 1.28, color: "#1d2733" },
    footer: (page, pages) => ({
      columns: [
        { text: page === 1 ? "" : title.map((run) => ({ ...run })), width: "*" },
        { text: `${page} / ${pages}`, alignment: "right", width: 60 },
      ],
      margin: [margins[0], 22, margins[2], 0],
      fontSize: 8.5,
      color: "#566373",
    }),
  };
}
