import type { ConfigProblem, StepCall, StepDefinition, Zod } from "../../contracts/component.js";
import type { Json, JsonObject, JsonSchema } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { schemaOrPath } from "../schema-or-path.js";
import { fileFingerprint } from "./file-fingerprint.js";
import { MAX_SCHEMA_BYTES, saidSchema } from "./said-schema.js";
import { schemaFiles } from "./schema-files.js";
import { type RowRules, validateRows } from "./validate-rows.js";

const docs = `Checks a value against a schema, or the rows of a list one by one, and keeps the bad ones apart.

**Input.** \`rows\`: a list of rows, for \`items\`, \`required\` and \`unique\`; with \`schema\` \`value\`: any value.

**Outputs**
- \`valid\`: the rows that pass, in their order; with \`schema\` the value if it passes, else absence.
- \`invalid\`: a list of \`{index, row, problems}\`; with \`schema\` \`{value, problems}\` if it does not pass, else absence.
- \`report\`: \`{rows, valid, invalid, quality, problems: [{problem, count, first}]}\`, most frequent problems first.
- \`quality\`: valid rows divided by all rows, 1 if there are none; with \`schema\` 1 or 0.

\`\`\`yaml
check:
  class: ValidateStep
  config:
    items: { type: object, properties: { age: { type: integer, minimum: 0 } } }
    required: [name]
    unique: [id, [city, street]]
  inputs: { rows: { from: load.content } }
\`\`\`
`;

type Config = {
  readonly schema?: JsonSchema | string;
  readonly items?: JsonSchema | string;
  readonly required: readonly string[];
  readonly unique: readonly (string | readonly string[])[];
};

function config(zod: Zod) {
  const field = zod.string().min(1);
  return zod
    .strictObject({
      schema: schemaOrPath(zod)
        .optional()
        .describe("JSON Schema of the whole value, or the path of a JSON file that holds one."),
      items: schemaOrPath(zod).optional().describe("JSON Schema of each row, or the path of one."),
      required: zod
        .array(field)
        .default([])
        .describe("Fields that must be filled in in each row: there, not null, not empty."),
      unique: zod
        .array(zod.union([field, zod.array(field).min(1)]))
        .default([])
        .describe("Fields, or lists of fields, whose values may occur once. The first row that has them is valid."),
    })
    .superRefine((value, context) => {
      const forRows = value.items !== undefined || value.required.length > 0 || value.unique.length > 0;
      if ((value.schema === undefined) === forRows) return;
      const message = forRows
        ? "schema, which is for the whole value, and rules for rows exclude each other"
        : "a ValidateStep needs schema, items, required or unique";
      context.addIssue({ code: "custom", message, params: { code: forRows ? "E_CONFLICT" : "E_MISSING" } });
    });
}

async function check(given: JsonObject): Promise<readonly ConfigProblem[]> {
  const { checkSchema } = await import("../../expression/json-schema.js");
  const { problemText } = await import("../../expression/schema-words.js");
  const problems: ConfigProblem[] = [];
  for (const key of ["schema", "items"]) {
    const schema = given[key];
    if (schema === undefined || typeof schema === "string") continue;
    for (const problem of await checkSchema(schema as JsonSchema))
      problems.push({ path: [key], code: "E_TYPE", message: `Schema cannot be used: ${problemText(problem)}` });
  }
  return problems;
}

/** The files a config names. */
function filesOf(given: JsonObject): { readonly [part: string]: string } {
  const named = ["schema", "items"].flatMap((key) => {
    const path = given[key];
    return typeof path === "string" ? [[`${key} file`, path] as const] : [];
  });
  return Object.fromEntries(named);
}

async function run(call: StepCall): Promise<{ readonly [port: string]: Json | undefined }> {
  const given = call.config as unknown as Config;
  const { validatorOf } = await import("../../expression/json-schema.js");
  if (given.schema !== undefined) {
    return wholeValue(call.inputs["value"] ?? null, await validatorOf(await saidSchema(given.schema, call.context)));
  }
  const value = call.inputs["rows"] ?? null;
  if (!Array.isArray(value))
    throw nanobrainError("E_VALUE_SCHEMA", {
      target: "rows",
      problems: `must be list, is ${typeof value === "object" ? "object" : typeof value}`,
    });
  const validate = await validatorOf(given.items === undefined ? true : await saidSchema(given.items, call.context));
  const unique = given.unique.map((fields) => (typeof fields === "string" ? [fields] : fields));
  const { valid, invalid, report } = validateRows(value as readonly Json[], {
    check: validate,
    required: given.required,
    unique,
  });
  return { valid, invalid, report, quality: report.quality };
}

async function wholeValue(
  value: Json,
  validate: RowRules["check"],
): Promise<{ readonly [port: string]: Json | undefined }> {
  const { problemText } = await import("../../expression/schema-words.js");
  const problems = validate(value).map(problemText);
  const quality = problems.length === 0 ? 1 : 0;
  const counts = problems.map((problem) => ({ problem, count: 1, first: [0] }));
  const report = { rows: 1, valid: quality, invalid: 1 - quality, quality, problems: counts };
  return { ...(quality === 1 ? { valid: value } : { invalid: { value, problems } }), report, quality };
}

export const validateStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.ValidateStep",
  version: "1",
  summary: "Checks values or rows against schemas and rules, and keeps the bad ones apart.",
  docs,
  config,
  ports: (given) => {
    const isWhole = given["schema"] !== undefined;
    const list: JsonSchema = { type: "array" };
    return {
      inputs: isWhole
        ? { value: { description: "The value." } }
        : { rows: { schema: list, description: "The list of rows." } },
      outputs: {
        valid: { ...(isWhole ? { optional: true } : { schema: list }), description: "What passes." },
        invalid: {
          schema: isWhole ? { type: "object" } : list,
          optional: isWhole,
          description: "What does not, and why.",
        },
        report: { schema: { type: "object" }, description: "Counts by problem." },
        quality: { schema: { type: "number", minimum: 0, maximum: 1 }, description: "Share of what passes." },
      },
      openInputs: false,
      openOutputs: false,
    };
  },
  files: (config) => schemaFiles(config, ["schema", "items"]),
  effects: false,
  executor: "local",
  check,
  fingerprint: (given, folders) => fileFingerprint(filesOf(given), folders, MAX_SCHEMA_BYTES),
  run,
};
