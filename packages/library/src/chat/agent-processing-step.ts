import type { StepDefinition } from "@nanobrain/engine";

export const agentProcessingStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.AgentProcessingStep",
  version: "1",
  summary: "Lets an agent answer a message of a conversation.",
  config: (zod) => zod.looseObject({}),
  ports: () => ({
    inputs: { message: {}, history: {} },
    outputs: { answer: {}, stream: { optional: true } },
    openInputs: true,
    openOutputs: false,
  }),
  effects: true,
  executor: "local",
  run: async ({ inputs, context }) => {
    for (const word of ["You ", "said ", String(inputs["message"])])
      await context.emit("stream", { call: 1, text: word });
    return { answer: `You said ${String(inputs["message"])}` };
  },
};
