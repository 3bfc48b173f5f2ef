import { createRequire } from "node:module";
import type { FontFamily } from "../fonts.js";

/** A node of the library's tree: the keys that we use. Its own types bring all those of browsers along. */
export type Content = string | PdfNode;
export type Margin = readonly [left: number, top: number, right: number, bottom: number];

export type PdfNode = {
  readonly [property: string]: unknown;
  readonly text?: string | readonly Content[];
  readonly margin?: Margin;
};

export type PdfDefinition = {
  readonly content: readonly Content[];
  readonly pageSize: "A4" | "LETTER";
  readonly pageMargins: Margin;
  readonly language: string;
  readonly displayTitle: boolean;
  readonly version: "1.7";
  readonly info: { readonly [name: string]: string | Date };
  readonly defaultStyle: PdfNode;
  footer(page: number, pages: number): PdfNode;
};

/** One for the whole process: set all of it before each use, without a pause in between. */
type Pdfmake = {
  setUrlAccessPolicy(may: (url: string) => boolean): void;
  setLocalAccessPolicy(may: (path: string) => boolean): void;
  setFonts(fonts: { readonly [name: string]: FontFamily }): void;
  createPdf(definition: PdfDefinition): { getBuffer(): Promise<Uint8Array> };
};

export function loadPdfmake(): Pdfmake {
  return createRequire(import.meta.url)("pdfmake") as Pdfmake;
}
