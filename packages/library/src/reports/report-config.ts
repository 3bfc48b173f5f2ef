import type { ConfigProblem, JsonObject, NamedFile, StepPorts, Zod } from "@nanobrain/engine";
import { type ChartSpec, chartSpecSchema } from "./charts/chart-spec.js";
import type { CitationStyle } from "./citations/citations.js";

export type ReportFormat = "md" | "html" | "pdf" | "docx";

/** A checked config, defaults filled in. */
export type ReportConfig = {
  readonly template?: string;
  readonly title?: string;
  readonly authors: readonly string[];
  readonly date?: string;
  readonly language: string;
  readonly page_size: "A4" | "Letter";
  readonly include_visualizations: boolean;
  readonly export_formats: readonly ReportFormat[];
  readonly charts?: readonly ChartSpec[];
  readonly citations: { readonly style: CitationStyle; readonly bibtex?: string; readonly list: "all" | "cited" };
  readonly methods: boolean;
  readonly contents: boolean;
  readonly name?: string;
  readonly fonts: readonly string[];
};

export function reportConfig(zod: Zod) {
  const text = zod.string().min(1);
  const citations = zod
    .strictObject({
      style: zod.enum(["numbered", "author-year"]).default("numbered").describe("`[1]`, or `(Smith et al., 2020)`."),
      bibtex: text.optional().describe("Path of a BibTeX file whose entries may be cited, beside those of the input."),
      list: zod.enum(["all", "cited"]).default("all").describe("Whether the list has what nothing cites, too."),
    })
    .default({ style: "numbered", list: "all" })
    .describe("How `[@key]` in the text is shown, and the list of references.");
  return zod.strictObject({
    template: text.optional().describe("Path of a Markdown file with Liquid, or such a text. Default: a built-in one."),
    title: text.max(300).optional().describe("Title. Default: the template's first heading, or the input's title."),
    authors: zod.array(text.max(200)).max(100).default([]).describe("Who the report is by."),
    date: zod
      .string()
      .max(60)
      .optional()
      .describe("Date shown. Default: the day on which the step began; empty: none."),
    language: zod
      .string()
      .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, "Expected a language tag such as en or de-CH")
      .default("en")
      .describe("Language of the text, for screen readers and hyphens: a tag such as `en`."),
    page_size: zod.enum(["A4", "Letter"]).default("A4").describe("Paper of PDF and DOCX."),
    include_visualizations: zod.boolean().default(true).describe("False: no charts."),
    export_formats: zod
      .array(zod.enum(["md", "markdown", "html", "pdf", "docx"]).transform((one) => (one === "markdown" ? "md" : one)))
      .min(1)
      .default(["html"])
      .describe("Files that are made: md, html, pdf, docx."),
    charts: zod
      .array(chartSpecSchema(zod))
      .max(30)
      .optional()
      .describe("Charts. Default: chosen from the input; an empty list: none."),
    citations,
    methods: zod.boolean().default(true).describe("Whether a paragraph says how the report was made."),
    contents: zod.boolean().default(false).describe("True: a table of contents, where the template has none."),
    name: zod
      .string()
      .regex(/^[\w][\w .-]{0,99}$/, "Expected letters, digits, spaces, dots, - and _")
      .optional()
      .describe("Name of the files, without ending. Default: the step's name."),
    fonts: zod
      .array(text)
      .max(8)
      .default([])
      .describe("Paths of TrueType fonts for signs that the built-in ones lack, such as Chinese, in PDF."),
  });
}

/** A template is a path when it is one line that ends like a file of text. */
export function isTemplatePath(template: string): boolean {
  return !template.includes("\n") && !template.includes("{{") && /\.(md|markdown|liquid|txt)$/i.test(template);
}

export function reportPorts(config: JsonObject): StepPorts {
  const formats = new Set((config["export_formats"] ?? ["html"]) as readonly string[]);
  const file = { type: "object", required: ["$file"] };
  const made: readonly (readonly [ReportFormat, string, string])[] = [
    ["pdf", "pdf", "The PDF."],
    ["html", "html", "The page: one file, without scripts."],
    ["docx", "docx", "The Word document."],
    ["md", "markdown", "The text as Markdown."],
  ];
  return {
    // `analysis_input` is named by a link or not at all: one that brings nothing skips the report.
    inputs: {},
    outputs: {
      report: { schema: { type: "object" }, description: "The files, by format." },
      ...Object.fromEntries(
        made.flatMap(([format, port, description]) =>
          formats.has(format) ? [[port, { schema: file, description }]] : [],
        ),
      ),
      bibliography: { schema: file, description: "The references as BibTeX." },
      charts: { schema: { type: "array", items: file }, description: "The charts as SVG." },
    },
    openInputs: true,
    openOutputs: false,
  };
}

/** Files that have to be there: the template, if it is a path, the BibTeX file and fonts. */
export function reportFiles(config: JsonObject): readonly NamedFile[] {
  const { template, citations, fonts } = config as unknown as ReportConfig;
  return [
    ...(template !== undefined && isTemplatePath(template)
      ? [{ path: ["template"], file: template, what: "template" }]
      : []),
    ...(citations.bibtex === undefined
      ? []
      : [{ path: ["citations", "bibtex"], file: citations.bibtex, what: "BibTeX file" }]),
    ...fonts.map((file, at) => ({ path: ["fonts", at], file, what: "font" })),
  ];
}

export async function reportProblems(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const template = config["template"];
  const charts = (config["charts"] ?? []) as readonly ChartSpec[];
  const names = charts.map((one, index) => one.name ?? `chart-${index + 1}`);
  const twice = names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: ["charts", index, "name"], code: "E_CONFLICT", message: `Two charts are called ${name}` }],
  );
  if (typeof template !== "string" || isTemplatePath(template)) return twice;
  const { checkTemplate } = await import("@nanobrain/engine/steps");
  return [...twice, ...checkTemplate(template).map((problem) => ({ path: ["template"], ...problem }))];
}
