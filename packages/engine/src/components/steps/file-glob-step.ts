import type { StepCall, StepDefinition } from "../../contracts/component.js";
import type { AttemptFolders } from "../../contracts/executor.js";
import type { FileValue, Json, JsonObject } from "../../contracts/json.js";
import { interpolate, referredInputs } from "./interpolate.js";
import { pathProblems } from "./world/config-checks.js";
import { filesPrint, neverSame } from "./world/file-print.js";
import { findFiles } from "./world/find-files.js";
import { demandUsable, keepStepFile } from "./world/step-files.js";

const docs = `Finds files of the workflow's folder by a pattern.

- \`*\` and \`?\` stand for characters of a name, \`[a-z]\` for one of a set, \`{csv,tsv}\` for either, \`**\` for any number of folders.
  Names that start with a dot must be spelled with it.
- Output port: \`files\`, sorted by path: file values, or with \`as: paths\` the paths themselves.

\`\`\`yaml
find: { class: FileGlobStep, config: { pattern: "data/**/*.csv" } }
\`\`\``;

export const fileGlobStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.FileGlobStep",
  version: "1",
  summary: "Finds files of the workflow's folder by a pattern.",
  docs,
  config: (zod) =>
    zod.strictObject({
      pattern: zod.string().min(1).describe("Pattern of paths, relative to the workflow's folder."),
      as: zod.enum(["files", "paths"]).default("files").describe("What is given: file values, or paths."),
      max_files: zod.number().int().min(1).max(100_000).default(1_000).describe("Most files it may match."),
    }),
  ports: (config) => ({
    inputs: Object.fromEntries(referredInputs(config["pattern"] ?? null).map((port) => [port, {}])),
    outputs: {
      files: {
        schema: {
          type: "array",
          items: config["as"] === "paths" ? { type: "string" } : { type: "object", required: ["$file", "name"] },
        },
      },
    },
    openInputs: true,
    openOutputs: false,
  }),
  effects: false,
  executor: "local",
  check: async (config) => pathProblems(config["pattern"], ["pattern"]),
  fingerprint: async (config, folders) => {
    const pattern = String(config["pattern"]);
    return referredInputs(pattern).length > 0
      ? neverSame()
      : filesPrint(await found(pattern, config, folders), folders);
  },
  run,
};

async function run({ config, inputs, context }: StepCall): Promise<{ readonly files: Json }> {
  const filled = interpolate({ pattern: config["pattern"] ?? null }, inputs, { pattern: "path" })["pattern"];
  const pattern = String(filled);
  demandUsable(pattern);
  const paths = await found(pattern, config, context.folders, context.signal);
  if (config["as"] === "paths") return { files: paths };
  const files: FileValue[] = [];
  for (const [done, path] of paths.entries()) {
    files.push(await keepStepFile(path, context));
    context.progress((done + 1) / paths.length);
  }
  return { files };
}

function found(
  pattern: string,
  config: JsonObject,
  folders: AttemptFolders,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const maxFiles = Number(config["max_files"] ?? 1_000);
  return findFiles(pattern, {
    root: folders.project,
    roots: folders.roots,
    maxFiles,
    signal: signal ?? new AbortController().signal,
  });
}
