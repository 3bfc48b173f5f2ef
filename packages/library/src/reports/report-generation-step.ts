import type { FileValue, Json, StepCall, StepDefinition } from "@nanobrain/engine";
import {
  isTemplatePath,
  type ReportConfig,
  type ReportFormat,
  reportConfig,
  reportFiles,
  reportPorts,
  reportProblems,
} from "./report-config.js";
import { reportDocs } from "./report-docs.js";
import type { WrittenReport } from "./write-report.js";

const MAX_TEMPLATE_BYTES = 1024 * 1024;
const MAX_BIBTEX_BYTES = 16 * 1024 * 1024;
const MAX_FONT_BYTES = 64 * 1024 * 1024;

const mediaTypes: { readonly [format in ReportFormat]: string } = {
  md: "text/markdown",
  html: "text/html",
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
};

export const reportGenerationStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.ReportGenerationStep",
  version: "1",
  summary: "Makes a report as PDF, HTML, DOCX and Markdown, with charts, citations and methods.",
  docs: reportDocs,
  config: reportConfig,
  ports: reportPorts,
  effects: false,
  executor: "thread",
  check: reportProblems,
  files: reportFiles,
  fingerprint: async (given, folders) => {
    const { fileFingerprint } = await import("@nanobrain/engine/steps");
    const { template, citations, fonts } = given as unknown as ReportConfig;
    const files: { [part: string]: string } = {};
    if (template !== undefined && isTemplatePath(template)) files["template"] = template;
    if (citations.bibtex !== undefined) files["bibtex"] = citations.bibtex;
    for (const [at, path] of fonts.entries()) files[`font ${at + 1}`] = path;
    return fileFingerprint(files, folders, MAX_FONT_BYTES);
  },
  run,
};

async function run(call: StepCall): Promise<{ readonly [port: string]: Json | undefined }> {
  const config = call.config as unknown as ReportConfig;
  const { context } = call;
  const report = await written(call, config);
  for (const warning of report.warnings) context.warn(warning);
  const name = config.name ?? ownName(context.step);
  const files: { [format: string]: FileValue } = {};
  for (const format of new Set(config.export_formats)) {
    context.progress(Object.keys(files).length / config.export_formats.length, format);
    files[format] = await context.keep(`${name}.${format}`, await formatted(report, format, call), mediaTypes[format]);
  }
  const charts: FileValue[] = [];
  for (const { chart, svg } of report.charts)
    charts.push(
      await context.keep(`${chart.name}.svg`, `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`, "image/svg+xml"),
    );
  const { md, ...others } = files;
  return {
    report: files,
    ...others,
    ...(md === undefined ? {} : { markdown: md }),
    bibliography: await bibliography(report, name, call),
    charts,
  };
}

async function written({ inputs, context }: StepCall, config: ReportConfig): Promise<WrittenReport> {
  const [{ writeReport }, { versions }, { readStepFile }] = await Promise.all([
    import("./write-report.js"),
    import("./making.js"),
    import("@nanobrain/engine/steps"),
  ]);
  const text = async (path: string, most: number) => (await readStepFile(path, most, context)).toString("utf8");
  const { template, citations } = config;
  const isPath = template !== undefined && isTemplatePath(template);
  const bibtex = citations.bibtex;
  return writeReport({
    config,
    inputs,
    template: isPath ? await text(template, MAX_TEMPLATE_BYTES) : template,
    references:
      bibtex === undefined
        ? []
        : (await import("./citations/read-bibtex.js")).readBibtex(await text(bibtex, MAX_BIBTEX_BYTES), bibtex),
    making: {
      ...versions(),
      runId: context.runId,
      madeAt: new Date(context.startedAt).toISOString(),
      formats: config.export_formats,
      template:
        template === undefined
          ? "the built-in template"
          : isPath
            ? `the template \`${template.replace(/`/g, "")}\``
            : "a template of the workflow",
    },
  });
}

async function formatted(report: WrittenReport, format: ReportFormat, call: StepCall): Promise<string | Uint8Array> {
  const { page_size: pageSize } = call.config as unknown as ReportConfig;
  const options = { pageSize, madeAt: call.context.startedAt, producer: "NanoBrain" };
  if (format === "md") return report.markdown;
  if (format === "html") return (await import("./html/html-report.js")).htmlReport(report.tree);
  if (format === "docx") return (await import("./docx/docx-report.js")).docxReport(report.tree, options);
  const { pdfReport } = await import("./pdf/pdf-report.js");
  const { bytes, missing, isDisordered } = await pdfReport(report.tree, { ...options, fonts: await ownFonts(call) });
  if (missing.length > 0)
    call.context.warn(
      `PDF shows empty boxes for ${missing.length} signs that no font has (${missing.slice(0, 12).join(" ")}); name one that does under fonts`,
    );
  if (isDisordered)
    call.context.warn(
      "PDF shows text that is written from right to left, such as Arabic or Hebrew, with its words in the wrong order; use html or docx for it",
    );
  return bytes;
}

/** The document's own fonts, copied to where the PDF may read them. */
async function ownFonts({ config, context }: StepCall): Promise<readonly string[]> {
  const { fonts } = config as unknown as ReportConfig;
  if (fonts.length === 0) return [];
  const [{ readStepFile }, { writeFile }, { join }] = await Promise.all([
    import("@nanobrain/engine/steps"),
    import("node:fs/promises"),
    import("node:path"),
  ]);
  const folder = await context.freshFolder();
  const paths = fonts.map((_, at) => join(folder, `font-${at + 1}.ttf`));
  for (const [at, path] of fonts.entries())
    await writeFile(paths[at] ?? "", await readStepFile(path, MAX_FONT_BYTES, context));
  return paths;
}

async function bibliography(report: WrittenReport, name: string, { context }: StepCall): Promise<FileValue> {
  const { writeBibtex } = await import("./citations/write-bibtex.js");
  return context.keep(`${name}.bib`, writeBibtex(report.references), "application/x-bibtex");
}

/** The step's own name, without the items and workflows around it. */
function ownName(step: string): string {
  const last =
    step
      .split("/")
      .at(-1)
      ?.replace(/\[\d+\]/g, "") ?? "";
  return last.replace(/[^\w .-]+/g, "-").replace(/^[. ]+/, "") || "report";
}
