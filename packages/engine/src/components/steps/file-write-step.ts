import { createReadStream } from "node:fs";
import { extname } from "node:path";
import type { StepCall, StepDefinition } from "../../contracts/component.js";
import { type FileValue, isFileValue, type Json } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { interpolate, referredInputs } from "./interpolate.js";
import { formatText, type TextFormat, textFormats } from "./parse-text.js";
import { pathProblems } from "./world/config-checks.js";
import { writeInside } from "./world/write-inside.js";

const docs = `Writes a file of the workflow's folder, whole or not at all: it is on disk when the step has succeeded, and a crash never
leaves half of it. Writing the same again changes nothing.

- Input port \`content\`: a file value gives its bytes, a text itself; other values are written as \`format\` says.
- \`format: text | json | jsonl | csv | tsv\`; the default goes by the name's ending, else json for data.
- Folders are made. What is in its place is replaced; a link there is replaced, not followed.
- Output port: \`file\`, a file value of what was written.

\`\`\`yaml
save: { class: FileWriteStep, config: { path: "out/{{ name }}.csv" }, inputs: { content: { from: clean.valid } } }
\`\`\``;

const byEnding: { readonly [ending: string]: TextFormat } = {
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".tsv": "tsv",
};

export const fileWriteStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.FileWriteStep",
  version: "1",
  summary: "Writes a file of the workflow's folder, whole or not at all.",
  docs,
  config: (zod) =>
    zod.strictObject({
      path: zod.string().min(1).describe("File to write, relative to the workflow's folder."),
      format: zod
        .enum(textFormats)
        .optional()
        .describe("How the content is written. Default: by the ending of its name."),
    }),
  ports: (config) => ({
    inputs: { ...Object.fromEntries(referredInputs(config["path"] ?? null).map((port) => [port, {}])), content: {} },
    outputs: { file: { schema: { type: "object", required: ["$file", "name"] } } },
    openInputs: true,
    openOutputs: false,
  }),
  effects: true,
  executor: "local",
  check: async (config) => pathProblems(config["path"], ["path"]),
  run,
};

async function run({ config, inputs, context }: StepCall): Promise<{ readonly file: FileValue }> {
  const filled = interpolate({ path: config["path"] ?? null }, inputs, { path: "path" })["path"] ?? null;
  const path = isFileValue(filled) ? filled.name : String(filled);
  const name = path.split("/").at(-1) ?? path;
  const content = inputs["content"];
  if (content === undefined)
    throw nanobrainError("E_FILE_WRITE", { path, what: "the port content has no value" }, { kind: "data_validation" });
  if (isFileValue(content)) {
    const source = createReadStream(await context.locate(content), { signal: context.signal });
    await writeInside(path, source as AsyncIterable<Uint8Array>, context.folders);
    return { file: { ...content, name } };
  }
  const bytes = Buffer.from(written(content, name, config["format"]));
  await writeInside(path, bytes, context.folders);
  return { file: await context.keep(name, bytes) };
}

/** A text is written as it is, unless a format other than text was asked for. */
function written(content: Json, name: string, format: Json | undefined): string {
  if (typeof format === "string") return formatText(content, format as TextFormat);
  if (typeof content === "string") return content;
  return formatText(content, byEnding[extname(name).toLowerCase()] ?? "json");
}
