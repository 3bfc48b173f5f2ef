import type { NamedFunction, StepCall, StepDefinition } from "../../contracts/component.js";
import type { Json } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { type Outputs, openPorts, toPorts } from "./open-ports.js";

const docs = `Runs a function \`(value, ctx) => value\`: an export of the document's module, \`./file.ts#name\`, or a registered one.

**Inputs.** The links name them. With one input, \`value\` is what it got; with several, an object of them by name.

**Outputs.** \`output\`, or the ports that links name. One port gets the result, or its field of that name; several ports
need a result that is an object with these keys. \`undefined\` is absence.

\`ctx\` has \`signal\`, \`log\`, \`progress\`, \`effect\`, \`emit\`, \`keep\` and \`read\`. Functions of modules run on a thread.

\`\`\`yaml
module: ./shop.ts
steps:
  total:
    class: FunctionStep
    config: { function: total }
    inputs: { basket: { from: basket } }
\`\`\`
`;

/** Runs a function as a FunctionStep does. */
export async function callFunction(fn: NamedFunction, call: StepCall): Promise<Outputs> {
  return toPorts(await fn(valueOfInputs(call), call.context), call);
}

/** By the ports the step has, not by those that hold a value: what a function gets does not change its shape from run to run. */
function valueOfInputs({ inputs, context }: StepCall): Json {
  const [first, ...others] = context.inputPorts;
  return first !== undefined && others.length === 0 ? (inputs[first] ?? null) : inputs;
}

export const functionStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.FunctionStep",
  version: "1",
  summary: "Runs a function of the document's module, of a file or of the library.",
  docs,
  config: (zod) =>
    zod.strictObject({
      function: zod
        .string()
        .min(1)
        .describe("Its name: an export of the document's module, `./file.ts#name`, or a registered function."),
    }),
  ports: () => openPorts,
  effects: false,
  executor: "local",
  /** Reached only if no function of that name was found where the attempt runs. */
  run: ({ config }) =>
    Promise.reject(nanobrainError("E_FUNCTION", { name: config["function"] ?? "", what: "nobody registered it here" })),
};
