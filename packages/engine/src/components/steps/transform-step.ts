import type { ConfigProblem, StepCall, StepDefinition } from "../../contracts/component.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { openPorts, toPorts } from "./open-ports.js";

const docs = `Reshapes values with one expression of [JSONata](https://docs.jsonata.org/).

**Inputs.** The links name them. A single input named \`input\` is the expression's value, \`$\`. Otherwise \`$\` is an
object of the inputs by name, so that they are written by name; within a filter or a step of a path, where names are those
of the item, they are \`$$.name\`.

**Outputs.** \`output\`, or the ports that links name. One port gets the result, or its field of that name; several ports
need a result that is an object with these keys. An expression that finds nothing gives absence.

Where a list of one is found JSONata gives the one itself; write \`rows[score > 0.5][]\` to keep the list. \`$now\`,
\`$millis\`, \`$random\`, \`$shuffle\` and \`$eval\` are not available. Patterns run in linear time: no references
to groups and no looking behind. Time, depth and list length are bounded.

\`\`\`yaml
best:
  class: TransformStep
  config: { expression: "rows[score > $$.limit].{ 'name': name, 'score': score }[]" }
  inputs: { rows: { from: load.content }, limit: 0.5 }
\`\`\`
`;

/** With one input, named `input`, its value; else all inputs by name. */
function valueOfInputs({ inputs, context }: StepCall): Json {
  const names = context.inputPorts;
  return names.length === 1 && names[0] === "input" ? (inputs["input"] ?? null) : inputs;
}

async function check(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const { checkTransform } = await import("../../expression/transform.js");
  const source = config["expression"];
  if (typeof source !== "string") return [];
  return checkTransform(source).map((problem) => ({ path: ["expression"], ...problem }));
}

export const transformStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.TransformStep",
  version: "1",
  summary: "Reshapes values with a JSONata expression.",
  docs,
  config: (zod) =>
    zod.strictObject({ expression: zod.string().min(1).describe("JSONata expression over the inputs.") }),
  ports: () => openPorts,
  effects: false,
  executor: "thread",
  check,
  async run(call) {
    const { runTransform } = await import("../../expression/transform.js");
    return toPorts(await runTransform(String(call.config["expression"]), valueOfInputs(call)), call);
  },
};
