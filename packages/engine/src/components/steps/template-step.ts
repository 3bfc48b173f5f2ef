import type { ConfigProblem, NamedFile, StepCall, StepDefinition, Zod } from "../../contracts/component.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import type { TemplateFormat } from "../../expression/template-filters.js";
import { fileFingerprint } from "./file-fingerprint.js";
import { interpolate } from "./interpolate.js";
import { readStepFile } from "./world/step-files.js";

const docs = `Fills in a [Liquid](https://liquidjs.com/) template: a prompt, a report, a page.

**Inputs.** The links name them; the template knows them by name. A name that is not there is a failure, but in
\`{% if %}\` and before \`| default\`.

**Outputs.** \`text\`, and the same as a file in \`file\`.

With \`format: html\` every value is escaped; only \`| raw\` puts in markup as it is, such as an SVG chart. Lists and objects
print as JSON. Besides Liquid's own filters there are \`number: places\`, \`percent: places\`, \`table: column, ...\` (rows as a
table) and \`script_json\` (data for a script element). \`include\`, \`render\` and \`layout\` know the names under
\`partials\`; no other file is read. The date \`now\` and the filter \`sample\` are not available.

\`\`\`yaml
report:
  class: TemplateStep
  config: { format: html, name: "{{ title }}.html", template_file: report.liquid }
  inputs: { title: Flights, rows: { from: check.valid }, chart: { from: draw.svg } }
\`\`\`
`;

const FILE_ENDS: { readonly [format in TemplateFormat]: readonly [ending: string, mediaType: string] } = {
  text: ["txt", "text/plain"],
  html: ["html", "text/html"],
  markdown: ["md", "text/markdown"],
};

const MAX_TEMPLATE_BYTES = 1024 * 1024;

type Config = {
  readonly template?: string;
  readonly template_file?: string;
  readonly format: TemplateFormat;
  readonly name?: string;
  readonly partials: { readonly [name: string]: string };
};

function config(zod: Zod) {
  const path = zod.string().min(1);
  return zod
    .strictObject({
      template: zod.string().optional().describe("The template in place."),
      template_file: path.optional().describe("Path of the template, from the workflow's folder."),
      format: zod
        .enum(["text", "html", "markdown"])
        .default("text")
        .describe("What is made; in html every value is escaped."),
      name: zod
        .string()
        .min(1)
        .optional()
        .describe(
          "Name of the file; may hold references such as `{{ title }}`. Default: the step's name with the format's ending.",
        ),
      partials: zod
        .record(zod.string(), path)
        .default({})
        .describe("Templates that this one may include: paths by name."),
    })
    .superRefine((value, context) => {
      if ((value.template === undefined) !== (value.template_file === undefined)) return;
      const both = value.template !== undefined;
      const message = both
        ? "template and template_file exclude each other"
        : "a TemplateStep needs template or template_file";
      context.addIssue({ code: "custom", message, params: { code: both ? "E_CONFLICT" : "E_MISSING" } });
    });
}

async function check(given: JsonObject): Promise<readonly ConfigProblem[]> {
  const source = given["template"];
  if (typeof source !== "string") return [];
  const { checkTemplate } = await import("../../expression/template.js");
  return checkTemplate(source).map((problem) => ({ path: ["template"], ...problem }));
}

/** The files a config names, by what they are for. */
function filesOf(given: Config): { readonly [part: string]: string } {
  const files: { [part: string]: string } = {};
  if (given.template_file !== undefined) files["template_file"] = given.template_file;
  for (const [name, path] of Object.entries(given.partials)) files[`partials.${name}`] = path;
  return files;
}

function templateFiles(given: JsonObject): readonly NamedFile[] {
  return Object.entries(filesOf(given as unknown as Config)).map(([part, file]) => ({
    path: part.split("."),
    file,
    what: "template file",
  }));
}

async function readText(path: string, { context }: StepCall): Promise<string> {
  return (await readStepFile(path, MAX_TEMPLATE_BYTES, context)).toString("utf8");
}

async function run(call: StepCall): Promise<{ readonly [port: string]: Json }> {
  const given = call.config as unknown as Config;
  const { renderTemplate } = await import("../../expression/template.js");
  const partials: { [name: string]: string } = {};
  for (const [name, path] of Object.entries(given.partials)) partials[name] = await readText(path, call);
  const source = given.template ?? (await readText(given.template_file ?? "", call));
  const text = renderTemplate(source, call.inputs, { format: given.format, partials });
  const [, mediaType] = FILE_ENDS[given.format];
  return { text, file: await call.context.keep(fileName(given, call), text, mediaType) };
}

/** A base name, whatever the references in it give. */
function fileName({ name, format }: Config, { inputs, context }: StepCall): string {
  const [ending] = FILE_ENDS[format];
  const ownName = `${
    context.step
      .split("/")
      .at(-1)
      ?.replace(/\[\d+\]/g, "") ?? "report"
  }.${ending}`;
  const filled = String(interpolate({ name: name ?? ownName }, inputs, { name: "argument" })["name"]);
  const safe = filled
    .replace(/[/\\:]/g, "-")
    .replace(/^\.+/, "")
    .trim();
  return safe === "" ? ownName : safe.slice(0, 200);
}

export const templateStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.TemplateStep",
  version: "1",
  summary: "Fills in a Liquid template: a prompt, a report, a page.",
  docs,
  config,
  files: templateFiles,
  ports: () => ({
    inputs: {},
    outputs: {
      text: { schema: { type: "string" }, description: "What was made." },
      file: { schema: { type: "object", required: ["$file"] }, description: "The same as a file." },
    },
    openInputs: true,
    openOutputs: false,
  }),
  effects: false,
  executor: "thread",
  check,
  fingerprint: (given, folders) => fileFingerprint(filesOf(given as unknown as Config), folders, MAX_TEMPLATE_BYTES),
  run,
};
