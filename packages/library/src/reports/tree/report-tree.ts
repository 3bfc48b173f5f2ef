import type { Chart } from "../charts/chart.js";

/** What stands in a line. All texts are plain: whoever writes a target escapes them for it. */
export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "strike"; readonly children: readonly Inline[] }
  /** `href`: http, https or mailto, nothing else. */
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: "break" }
  /** The mark of a footnote: its position in `ReportTree.notes`. */
  | { readonly kind: "note"; readonly note: number }
  /** Leads to the entry of the reference list with this key. */
  | { readonly kind: "reference"; readonly key: string; readonly text: string };

export type Align = "left" | "center" | "right";

export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly id: string; readonly children: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "list"; readonly start: number | null; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | { readonly kind: "code"; readonly text: string }
  | {
      readonly kind: "table";
      readonly align: readonly Align[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: "rule" }
  /** `number`: 1-based, in order of appearance. */
  | { readonly kind: "figure"; readonly number: number; readonly chart: DrawnChart; readonly caption: string }
  | { readonly kind: "references" }
  | { readonly kind: "contents" };

/** A chart as a drawing that stands alone, in units of 1/96 inch. */
export type DrawnChart = {
  readonly chart: Chart;
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** What it shows, in words, for those who do not see it. */
  readonly alt: string;
};

/** An entry of the reference list. */
export type ReferenceEntry = { readonly key: string; readonly label: string; readonly children: readonly Inline[] };

/** A report between Markdown and its formats. */
export type ReportTree = {
  readonly title: string;
  readonly authors: readonly string[];
  /** ISO day, or empty. */
  readonly date: string;
  /** BCP 47. */
  readonly language: string;
  readonly subject: string;
  readonly keywords: readonly string[];
  readonly blocks: readonly Block[];
  readonly notes: readonly (readonly Inline[])[];
  readonly references: readonly ReferenceEntry[];
};

/** The plain text of a line. */
export function plainText(children: readonly Inline[]): string {
  return children.map(textOf).join("");
}

function textOf(one: Inline): string {
  if ("text" in one) return one.text;
  if ("children" in one) return plainText(one.children);
  return one.kind === "break" ? " " : "";
}
