import type { ConfigProblem, StepCall, StepDefinition } from "../../contracts/component.js";
import type { Ask } from "../../contracts/executor.js";
import type { Json, JsonObject, JsonSchema } from "../../contracts/json.js";
import { canonicalJson } from "../../plan/canonical-json.js";
import { schemaOrPath } from "../schema-or-path.js";
import { fileFingerprint } from "./file-fingerprint.js";
import { interpolate } from "./interpolate.js";
import { MAX_SCHEMA_BYTES, saidSchema } from "./said-schema.js";
import { schemaFiles } from "./schema-files.js";

const docs = `Asks a person, and waits for the answer. It holds nothing meanwhile, and the question survives a restart.

**Inputs.** The links name them. \`question\` may hold \`{{ port }}\`.

**Outputs**
- \`decision\`: the answer, one of \`choices\` where there are any, and fitting \`schema\` where there is one.
- \`by\`: who answered.
- \`at\`: when, as ISO text.

It is answered with \`nanobrain answer RUN STEP -d ANSWER\`. Without an answer within \`timeout\` the step takes \`on_timeout\` for
the answer, or else its \`fallback\`, or fails.

\`\`\`yaml
approve:
  class: ApprovalStep
  config: { question: "Publish {{ title }}?", choices: [yes, no] }
  inputs: { title: { from: write.title } }
  timeout: 24h
  on_timeout: "no"
\`\`\`
`;

/** What is wrong with an answer; undefined: it can be taken. The choices are looked at first, then the schema. */
export async function checkAnswer(ask: Ask, value: Json): Promise<string | undefined> {
  const { choices, schema } = ask;
  if (choices !== undefined && !choices.some((choice) => canonicalJson(choice) === canonicalJson(value))) {
    const words = choices.map((choice) => JSON.stringify(choice)).join(", ");
    return `${shown(value)} is none of the choices: ${words}`;
  }
  if (schema === undefined) return undefined;
  const { problemText, validateValue } = await import("../../expression/json-schema.js");
  const problems = await validateValue(schema, value);
  if (problems.length === 0) return undefined;
  return `${shown(value)} does not fit the schema of the answer: ${problems.map(problemText).join("; ")}`;
}

function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

async function run({ config, inputs, context }: StepCall): Promise<never> {
  const { question = "" } = interpolate({ question: config["question"] ?? "" }, inputs);
  const choices = config["choices"] as Ask["choices"];
  const said = config["schema"] as JsonSchema | string | undefined;
  const schema = said === undefined ? undefined : await saidSchema(said, context);
  return context.suspend({
    ask: {
      question: typeof question === "string" ? question : JSON.stringify(question),
      ...(choices === undefined ? {} : { choices }),
      ...(schema === undefined ? {} : { schema }),
    },
  });
}

async function check(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const schema = config["schema"];
  if (schema === undefined || typeof schema === "string") return [];
  const { checkSchema, problemText } = await import("../../expression/json-schema.js");
  const problems = await checkSchema(schema as JsonSchema);
  if (problems.length > 0)
    return problems.map((problem) => ({
      path: ["schema"],
      code: "E_TYPE",
      message: `Schema cannot be used: ${problemText(problem)}`,
    }));
  return misfits(config);
}

/** Choices that the schema refuses could be chosen by nobody. */
async function misfits(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const choices = (config["choices"] ?? []) as readonly Json[];
  const found: ConfigProblem[] = [];
  for (const [index, choice] of choices.entries()) {
    const problem = await checkAnswer({ question: "", schema: config["schema"] as JsonSchema }, choice);
    if (problem !== undefined) found.push({ path: ["choices", index], code: "E_CONFLICT", message: problem });
  }
  return found;
}

export const approvalStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.ApprovalStep",
  version: "1",
  summary: "Asks a person and waits for the answer.",
  docs,
  config: (zod) =>
    zod.strictObject({
      question: zod.string().min(1).describe("What is asked; may hold `{{ port }}`."),
      choices: zod
        .array(zod.union([zod.string(), zod.boolean(), zod.number()]))
        .min(1)
        .optional()
        .describe("Answers."),
      schema: schemaOrPath(zod).optional().describe("JSON Schema of the answer, or the path of one."),
    }),
  ports: ({ choices, schema }) => ({
    inputs: {},
    outputs: {
      decision: answerSchema(choices, schema),
      by: { schema: { type: "string" } },
      at: { schema: { type: "string" } },
    },
    openInputs: true,
    openOutputs: false,
  }),
  // Who is asked again may answer otherwise.
  files: (config) => schemaFiles(config, ["schema"]),
  effects: true,
  executor: "local",
  check,
  fingerprint: ({ schema }, folders) =>
    fileFingerprint(typeof schema === "string" ? { "schema file": schema } : {}, folders, MAX_SCHEMA_BYTES),
  run,
};

/** What the plan can know of the answer, so that links to narrower ports are checked before a person is asked. */
function answerSchema(choices: Json | undefined, schema: Json | undefined): { readonly schema?: JsonSchema } {
  if (Array.isArray(choices)) return { schema: { enum: choices as readonly Json[] } };
  return schema === undefined || typeof schema === "string" ? {} : { schema: schema as JsonSchema };
}
