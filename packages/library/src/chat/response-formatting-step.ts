import type { Json, JsonObject, StepCall, StepDefinition } from "@nanobrain/engine";

const docs = `Makes what an agent answered ready to be read.

**Inputs.** \`answer\`: text, or an object with \`text\`. Other inputs are variables of the template.

**Outputs.** \`response\`: text in the format asked for; \`details\`: \`{ characters, shortened, format }\`.

- \`markdown\` (default): as it is, with line ends and blank lines put in order; a code block left open is closed.
- \`text\`: Markdown's marks taken off, links as \`text (address)\`.
- \`html\`: made from Markdown; markup in the answer is shown as text, never obeyed.
- \`template\` puts the answer into a Liquid template: \`{{ answer }}\` and the other inputs.

\`\`\`yaml
format:
  class: ResponseFormattingStep
  config: { format: text, max_characters: 2000 }
\`\`\`
`;

type Config = {
  readonly format: "markdown" | "text" | "html";
  readonly template?: string;
  readonly max_characters?: number;
};

async function run({ inputs, config, context }: StepCall): Promise<{ readonly [port: string]: Json }> {
  const { format, template, max_characters: limit } = config as Config;
  const { formatResponse, shortened, answerText } = await import("./format-response.js");
  const { renderTemplate } = await import("@nanobrain/engine/steps");
  const text = answerText(inputs["answer"] ?? "");
  const cut = limit === undefined ? text : shortened(text, limit);
  if (cut !== text) context.log("info", `The answer is shortened from ${text.length} to ${cut.length} characters`);
  const filled =
    template === undefined ? cut : renderTemplate(template, { ...inputs, answer: cut }, { format: "text" });
  const response = await formatResponse(filled, format);
  return { response, details: { characters: response.length, shortened: cut !== text, format } };
}

async function check(config: JsonObject) {
  const template = config["template"];
  if (typeof template !== "string") return [];
  const { checkTemplate } = await import("@nanobrain/engine/steps");
  return checkTemplate(template).map((problem) => ({ path: ["template"], code: "E_TYPE", message: problem.message }));
}

export const responseFormattingStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.ResponseFormattingStep",
  version: "1",
  summary: "Makes an agent's answer ready to be read.",
  docs,
  config: (zod) =>
    zod.strictObject({
      format: zod.enum(["markdown", "text", "html"]).default("markdown").describe("What the response is written in."),
      template: zod.string().min(1).optional().describe("Liquid template around the answer: `{{ answer }}`."),
      max_characters: zod.int().min(20).optional().describe("Longer answers are cut at the end of a sentence or word."),
    }),
  ports: () => ({
    inputs: { answer: {} },
    outputs: { response: { schema: { type: "string" } }, details: { schema: { type: "object" }, optional: true } },
    openInputs: true,
    openOutputs: false,
  }),
  effects: false,
  executor: "local",
  check,
  run,
};
