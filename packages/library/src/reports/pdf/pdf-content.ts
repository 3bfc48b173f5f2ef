import { contentsOf } from "../tree/finish-tree.js";
import type { Block, DrawnChart, Inline, ReportTree } from "../tree/report-tree.js";
import { tableShape } from "../tree/table-shape.js";
import type { PdfText } from "./pdf-text.js";
import type { Content, Margin } from "./pdfmake.js";

/** Width and height of a page's text in points. */
export type PdfPaper = { readonly textWidth: number; readonly textHeight: number; readonly text: PdfText };
type Style = { readonly [property: string]: unknown };

const ink = "#1d2733";
const soft = "#566373";
const link = "#0b5cad";
const rule = "#d7dee6";

/** The report's blocks as pdfmake has them. */
export function pdfContent(tree: ReportTree, paper: PdfPaper): Content[] {
  const writer: Writer = { tree, paper };
  const byline = [tree.authors.join(", "), tree.date].filter((one) => one !== "").join("  ·  ");
  return [
    { text: texts(writer, tree.title, { bold: true }), fontSize: 22, lineHeight: 1.1, margin: [0, 0, 0, 6] },
    ...(byline === ""
      ? []
      : [{ text: texts(writer, byline), color: soft, fontSize: 10, margin: [0, 0, 0, 6] as const }]),
    line(writer, "#0072b2", 1.5, [0, 2, 0, 16]),
    ...blocks(writer, tree.blocks),
    ...notes(writer),
  ];
}

type Table = { readonly table: { readonly body: readonly unknown[] } };
type Writer = { readonly tree: ReportTree; readonly paper: PdfPaper };

function drawnSize(
  { width, height }: DrawnChart,
  paper: PdfPaper,
): { readonly width: number; readonly height: number } {
  const shown = Math.min(paper.textWidth, width * 0.75, (620 * width) / height);
  return { width: shown, height: (shown * height) / width };
}

function blocks(writer: Writer, all: readonly Block[]): Content[] {
  return all.flatMap((one, at) => block(writer, one, all[at + 1]));
}

function block(writer: Writer, one: Block, next?: Block): Content[] {
  switch (one.kind) {
    case "heading":
      return [heading(writer, one, next)];
    case "paragraph":
      return [{ text: inline(writer, one.children), margin: [0, 0, 0, 8] }];
    case "list":
      return [list(writer, one)];
    case "quote":
      return [quote(writer, one.blocks)];
    case "code":
      return [code(writer, one.text)];
    case "table":
      return tables(writer, one);
    case "rule":
      return [line(writer, rule, 0.8, [0, 6, 0, 12])];
    case "figure":
      return [figure(writer, one)];
    case "references":
      return references(writer);
    case "contents":
      return contents(writer);
  }
}

/**
 * A heading with the room below it for what must follow, which then takes that room: it never stands alone at the end of a page.
 * (Asking pdfmake for page breaks would lay out the whole report anew for each.)
 */
function heading(
  writer: Writer,
  { level, id, children }: Block & { readonly kind: "heading" },
  next: Block | undefined,
): Content {
  const size = [0, 20, 15.5, 12.5, 11, 10.5, 10.5][level] ?? 10.5;
  const text = inline(writer, children, { bold: true });
  const room = next?.kind === "figure" ? drawnSize(next.chart, writer.paper).height + 40 : 36;
  const line = { text, fontSize: size, id, headlineLevel: level, outline: level <= 3, lineHeight: 1.12 };
  return {
    stack: [{ ...line, margin: [0, 0, 0, 5 + room] }],
    unbreakable: true,
    margin: [0, level === 2 ? 14 : 9, 0, -room],
  };
}

function list(writer: Writer, { start, items }: Block & { readonly kind: "list" }): Content {
  const stacks = items.map((item) => ({ stack: tight(blocks(writer, item)) }));
  const margin: Margin = [8, 0, 0, 8];
  return start === null ? { ul: stacks, margin, markerColor: soft } : { ol: stacks, start, margin, markerColor: soft };
}

/** Paragraphs of items stand closer together. */
function tight(contents: readonly Content[]): Content[] {
  return contents.map((one) => (typeof one === "object" && "text" in one ? { ...one, margin: [0, 0, 0, 3] } : one));
}

function quote(writer: Writer, inner: readonly Block[]): Content {
  const body = [[{ stack: blocks(writer, inner), color: soft, margin: [8, 2, 0, -4] }]];
  const layout = {
    hLineWidth: () => 0,
    vLineWidth: (at: number) => (at === 0 ? 2 : 0),
    vLineColor: () => rule,
  };
  return { table: { widths: ["*"], body }, layout, margin: [4, 0, 0, 8] };
}

function code(writer: Writer, text: string): Content {
  const lines = text.split("\n").map((one) => {
    const shown = one.replace(/\t/g, "    ").replace(/^ +/, (blanks) => "\u00a0".repeat(blanks.length));
    return { text: texts(writer, shown === "" ? "\u00a0" : shown, {}, "Mono") };
  });
  const inside = { stack: lines, fontSize: 8.5, lineHeight: 1.15 };
  const layout = {
    hLineWidth: () => 0.5,
    vLineWidth: () => 0.5,
    hLineColor: () => rule,
    vLineColor: () => rule,
    fillColor: () => "#f4f7fa",
    paddingLeft: () => 8,
    paddingRight: () => 8,
    paddingTop: () => 6,
    paddingBottom: () => 5,
  };
  return { table: { widths: ["*"], body: [[inside]] }, layout, margin: [0, 2, 0, 10] };
}

/** A table in as many parts as the page's width asks for. */
function tables(writer: Writer, { head, rows, align }: Block & { readonly kind: "table" }): Content[] {
  const { textWidth, textHeight } = writer.paper;
  const { fontSize, parts, breaksRows } = tableShape(head, rows, textWidth, textHeight);
  return parts.map(({ columns, widths }) => {
    const every = (row: readonly (readonly Inline[])[], style: Style = {}) =>
      columns.map((at) => ({ text: inline(writer, row[at] ?? [], style), alignment: align[at] ?? "left", fontSize }));
    const body = [every(head, { bold: true }), ...rows.map((row) => every(row))];
    const table = { headerRows: 1, dontBreakRows: !breaksRows, keepWithHeaderRows: breaksRows ? 0 : 1, widths, body };
    return { table, layout: tableLayout, margin: [0, 2, 0, 10] as const };
  });
}

const tableLayout = {
  hLineWidth: (at: number, node: Table) => (at === 0 || at === node.table.body.length ? 0 : at === 1 ? 1 : 0.5),
  hLineColor: (at: number) => (at === 1 ? soft : rule),
  vLineWidth: () => 0,
  paddingTop: () => 4,
  paddingBottom: () => 3,
};

function figure(writer: Writer, one: Block & { readonly kind: "figure" }): Content {
  const caption = texts(writer, `Figure ${one.number}. ${one.caption}`);
  return {
    stack: [
      { svg: one.chart.svg, width: drawnSize(one.chart, writer.paper).width, alignment: "center" },
      { text: caption, fontSize: 9, color: soft, alignment: "center", margin: [0, 3, 0, 0] },
    ],
    margin: [0, 6, 0, 14],
    unbreakable: true,
  };
}

function references(writer: Writer): Content[] {
  return writer.tree.references.map(({ label, children }, at): Content => {
    const text = inline(writer, children);
    const id = `ref-${at + 1}`;
    if (label === "") return { text, fontSize: 9.5, id, margin: [0, 0, 0, 5] };
    const mark = { text: texts(writer, label), width: 30, color: soft, id };
    return { columns: [mark, { text, width: "*" }], columnGap: 4, fontSize: 9.5, margin: [0, 0, 0, 5] };
  });
}

function contents(writer: Writer): Content[] {
  const rows = contentsOf(writer.tree).map(({ level, id, text }) => ({
    columns: [
      { text: texts(writer, text, { linkToDestination: id }), width: "*" },
      { text: [{ pageReference: id }], width: 30, alignment: "right", color: soft },
    ],
    margin: [level === 3 ? 14 : 0, 0, 0, 4],
    fontSize: 10,
  }));
  if (rows.length === 0) return [];
  return [{ stack: rows, margin: [0, 0, 0, 12] }];
}

function notes(writer: Writer): Content[] {
  const { notes: all } = writer.tree;
  if (all.length === 0) return [];
  const items = all.map(
    (one, at): Content => ({
      text: [{ text: `${at + 1}  `, color: soft }, ...inline(writer, one)],
      fontSize: 9,
      id: `note-${at + 1}`,
      margin: [0, 0, 0, 3],
    }),
  );
  return [line(writer, rule, 0.8, [0, 14, 0, 6]), ...items];
}

function line(writer: Writer, lineColor: string, lineWidth: number, margin: Margin): Content {
  return { canvas: [{ type: "line", x1: 0, y1: 0, x2: writer.paper.textWidth, y2: 0, lineWidth, lineColor }], margin };
}

function texts({ paper }: Writer, text: string, style: Style = {}, font?: string): Content[] {
  return paper.text.runs(text, font).map((run) => ({ ...style, ...run }));
}

function inline(writer: Writer, children: readonly Inline[], style: Style = {}): Content[] {
  return children.flatMap((one) => part(writer, one, style));
}

function part(writer: Writer, one: Inline, style: Style): Content[] {
  switch (one.kind) {
    case "text":
      return texts(writer, one.text, style);
    case "code":
      return texts(writer, one.text, { ...style, color: ink, background: "#eef2f6", fontSize: 9 }, "Mono");
    case "strong":
      return inline(writer, one.children, { ...style, bold: true });
    case "emphasis":
      return inline(writer, one.children, { ...style, italics: true });
    case "strike":
      return inline(writer, one.children, { ...style, decoration: "lineThrough" });
    case "link":
      return inline(writer, one.children, { ...style, link: one.href, color: link });
    case "break":
      return ["\n"];
    case "note":
      return texts(writer, String(one.note + 1), {
        ...style,
        sup: true,
        color: link,
        linkToDestination: `note-${one.note + 1}`,
      });
    case "reference": {
      const at = writer.tree.references.findIndex((entry) => entry.key === one.key);
      return texts(writer, one.text, at < 0 ? style : { ...style, color: link, linkToDestination: `ref-${at + 1}` });
    }
  }
}
