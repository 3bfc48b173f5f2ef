import { extname } from "node:path";
import type { StepCall, StepContext, StepDefinition } from "../../contracts/component.js";
import { type FileValue, isFileValue, type Json, type JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { delimiterKey, delimiterOption } from "./delimiter-key.js";
import { interpolate, referredInputs } from "./interpolate.js";
import { parseText, type TextFormat, textFormats } from "./parse-text.js";
import { bytesOf, size } from "./world/amounts.js";
import { pathProblems } from "./world/config-checks.js";
import { decodedText, utf16Mark } from "./world/decoded-text.js";
import { filesPrint, neverSame } from "./world/file-print.js";
import { keepStepFile, readStepFile } from "./world/step-files.js";

const docs = `Reads a file of the workflow's folder, or a file value that came in on a port.

- \`path\` is relative to the workflow's folder. Links are followed as long as they stay inside it or inside an allowed root.
- \`parse: text | json | jsonl | csv | tsv\` says how it is read; the default goes by the name's ending. \`parse: file\` gives a file value of any size.
- Output port: \`content\`. Cells of tables are text unless \`numbers\` is set; uneven rows are kept and logged. A csv is split by what fits it
  (\`,\`, \`;\`, tab, \`|\`), or by \`delimiter\`. Text with a byte order mark of UTF-16 is read as that.

\`\`\`yaml
load: { class: FileReadStep, config: { path: "{{ file }}", parse: csv } }
\`\`\``;

const defaultLimitBytes = 64 * 1024 * 1024;
const byEnding: { readonly [ending: string]: TextFormat } = {
  ".json": "json",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
  ".csv": "csv",
  ".tsv": "tsv",
};

export const fileReadStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.FileReadStep",
  version: "1",
  summary: "Reads a file of the workflow's folder.",
  docs,
  config: (zod) =>
    zod.strictObject({
      path: zod
        .string()
        .min(1)
        .describe("File to read, relative to the workflow's folder; or `{{ port }}` with a file value."),
      parse: zod
        .enum([...textFormats, "file"])
        .optional()
        .describe("How it is read. Default: by the ending of its name, else text."),
      delimiter: delimiterKey(zod),
      header: zod.boolean().default(true).describe("Tables: whether the first line names the columns."),
      numbers: zod.boolean().default(false).describe("Tables: whether cells that are numbers become numbers."),
      empty_as_null: zod.boolean().default(false).describe("Tables: whether empty cells become null."),
      encoding: zod
        .string()
        .min(1)
        .default("utf-8")
        .describe("Encoding of the text, such as utf-8, utf-16le, windows-1252."),
      max_bytes: size(zod)
        .default(defaultLimitBytes)
        .describe("Largest file that is read; files as values may have any size."),
    }),
  ports: (config) => ({
    inputs: Object.fromEntries(referredInputs(config["path"] ?? null).map((port) => [port, {}])),
    outputs: { content: {} },
    openInputs: true,
    openOutputs: false,
  }),
  effects: false,
  executor: "local",
  check: async (config) => pathProblems(config["path"], ["path"]),
  fingerprint: ({ path = "" }, folders) =>
    referredInputs(path).length > 0 ? neverSame() : filesPrint([String(path)], folders),
  run,
};

async function run({ config, inputs, context }: StepCall): Promise<{ readonly content: Json }> {
  const { path } = interpolate({ path: config["path"] ?? null }, inputs, { path: "path" });
  const name = isFileValue(path) ? path.name : String(path);
  const format = (config["parse"] ?? byEnding[extname(name).toLowerCase()] ?? "text") as TextFormat | "file";
  if (format === "file") return { content: isFileValue(path) ? path : await keepStepFile(name, context) };
  const limitBytes = bytesOf(config["max_bytes"], defaultLimitBytes);
  const bytes = isFileValue(path)
    ? await bytesOfValue(path, limitBytes, context)
    : await readStepFile(name, limitBytes, context);
  return { content: read(bytes, name, format, config, context) };
}

function read(bytes: Uint8Array, name: string, format: TextFormat, config: JsonObject, context: StepContext): Json {
  const what = `file ${name}`;
  const said = String(config["encoding"] ?? "utf-8");
  const text = decodedText(bytes, what, said === "utf-8" ? utf16Mark(bytes) : said);
  const { value, problems } = parseText(text, format, {
    what,
    ...delimiterOption(config["delimiter"]),
    header: config["header"] !== false,
    numbers: config["numbers"] === true,
    emptyAsNull: config["empty_as_null"] === true,
  });
  for (const { line, problem } of problems) context.log("warn", `${name}, line ${line}: ${problem}`);
  return value;
}

async function bytesOfValue(file: FileValue, limitBytes: number, context: StepContext): Promise<Uint8Array> {
  if (file.size_bytes > limitBytes) throw nanobrainError("E_FILE_LIMIT", { path: file.name, limitBytes });
  const bytes = await context.read(file);
  if (bytes.byteLength > limitBytes) throw nanobrainError("E_FILE_LIMIT", { path: file.name, limitBytes });
  return bytes;
}
