import type * as Docx from "docx";
import { isRightToLeftLanguage } from "../tree/right-to-left.js";

const font = "Calibri";
const ink = "1D2733";
const soft = "566373";

/** Sizes in half points, distances in twentieths of a point. */
export function docxStyles(language: string): NonNullable<Docx.IPropertiesOptions["styles"]> {
  const heading = (size: number, before: number) => ({
    run: { font, size, bold: true, color: ink },
    paragraph: { spacing: { before, after: 100 }, keepNext: true },
  });
  return {
    default: {
      document: {
        run: { font, size: 22, color: ink, language: languageOf(language) },
        paragraph: { spacing: { after: 140, line: 276, lineRule: "auto" } },
      },
      title: { run: { font, size: 44, bold: true, color: ink }, paragraph: { spacing: { after: 80 } } },
      heading1: heading(30, 320),
      heading2: heading(26, 240),
      heading3: heading(23, 200),
      heading4: heading(22, 160),
      heading5: heading(22, 160),
      hyperlink: { run: { color: "0B5CAD", underline: {} } },
      footnoteText: { run: { size: 18 } },
    },
    paragraphStyles: paragraphStyles(),
  };
}

/** Word takes East Asian and right-to-left languages apart from the others. */
function languageOf(language: string): {
  readonly value: string;
  readonly eastAsia?: string;
  readonly bidirectional?: string;
} {
  if (/^(zh|ja|ko)\b/i.test(language)) return { value: language, eastAsia: language };
  return isRightToLeftLanguage(language) ? { value: language, bidirectional: language } : { value: language };
}

function paragraphStyles(): NonNullable<NonNullable<Docx.IPropertiesOptions["styles"]>["paragraphStyles"]> {
  return [
    {
      id: "Subtitle",
      name: "Subtitle",
      basedOn: "Normal",
      next: "Normal",
      quickFormat: true,
      run: { color: soft, size: 21 },
      paragraph: { spacing: { after: 320 } },
    },
    {
      id: "Caption",
      name: "caption",
      basedOn: "Normal",
      quickFormat: true,
      run: { color: soft, size: 19 },
      paragraph: { spacing: { before: 60, after: 240 } },
    },
    {
      id: "Quote",
      name: "Quote",
      basedOn: "Normal",
      quickFormat: true,
      run: { italics: true, color: soft },
      paragraph: { indent: { left: 400, right: 400 } },
    },
    {
      id: "SourceCode",
      name: "Source Code",
      basedOn: "Normal",
      quickFormat: true,
      run: { font: "Consolas", size: 18 },
      paragraph: { spacing: { after: 0, line: 240, lineRule: "auto" } },
    },
    {
      id: "Bibliography",
      name: "Bibliography",
      basedOn: "Normal",
      run: { size: 20 },
      paragraph: { spacing: { after: 100 }, indent: { left: 560, hanging: 560 } },
    },
    { id: "Footer", name: "footer", basedOn: "Normal", run: { size: 17, color: soft } },
  ];
}

export const listReference = "numbered";

export function listNumbering(docx: typeof Docx) {
  return {
    reference: listReference,
    levels: [0, 1, 2, 3, 4].map((level) => ({
      level,
      format: docx.LevelFormat.DECIMAL,
      text: `%${level + 1}.`,
      alignment: docx.AlignmentType.START,
      style: { paragraph: { indent: { left: 500 * (level + 1), hanging: 360 } } },
    })),
  };
}
