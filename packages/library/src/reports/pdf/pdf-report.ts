import { readFile } from "node:fs/promises";
import { fontSigns } from "../font-signs.js";
import { type FontFamily, packagedFonts } from "../fonts.js";
import type { ReportTree } from "../tree/report-tree.js";
import { headingRoom, type PdfPaper, pdfContent } from "./pdf-content.js";
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
const widths = { A4: 595.28, Letter: 612 };

/** The report as PDF, the same bytes for the same report. `missing`: signs that no font has; they show as empty boxes. */
export async function pdfReport(
  tree: ReportTree,
  options: PdfOptions,
): Promise<{ readonly bytes: Buffer; readonly missing: readonly string[] }> {
  const fonts = fontsOf(options.fonts);
  const text = new PdfText(
    await Promise.all(
      Object.entries(fonts)
        // Code's font is asked first for code, and last otherwise.
        .sort(([a], [b]) => Number(a === "Mono") - Number(b === "Mono"))
        .map(async ([name, one]) => ({ name, signs: fontSigns(await readFile(one.normal)) })),
    ),
  );
  const textWidth = widths[options.pageSize] - margins[0] - margins[2];
  const definition = definitionOf(tree, options, { textWidth, text });
  const pdfmake = loadPdfmake();
  const paths = new Set(Object.values(fonts).flatMap((one) => Object.values(one)));
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => paths.has(path));
  pdfmake.setFonts(fonts);
  const bytes = await pdfmake.createPdf(definition).getBuffer();
  return { bytes: Buffer.from(bytes), missing: [...text.missing] };
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
  const room = headingRoom(tree, paper);
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
    // A heading that would stand alone at the end of a page begins the next one.
    pageBreakBefore: ({ id, startPosition }) => {
      const needed = room.get(id ?? "");
      if (needed === undefined || startPosition === undefined) return false;
      const { verticalRatio, pageInnerHeight } = startPosition;
      return verticalRatio > 0.3 && (1 - verticalRatio) * pageInnerHeight < needed;
    },
  };
}
