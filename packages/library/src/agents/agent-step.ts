import type { StepDefinition } from "@nanobrain/engine";

export const agentStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.AgentStep",
  version: "1",
  summary: "",
  later: "steps.AgentStep is not there yet in this version",
  config: (zod) => zod.looseObject({}),
  ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
  effects: true,
  executor: "local",
  run: async () => ({}),
};
