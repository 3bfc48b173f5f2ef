import type { StepDefinition } from "@nanobrain/engine";

export const dataPreprocessingStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.DataPreprocessingStep",
  version: "1",
  summary: "",
  later: "steps.DataPreprocessingStep is not there yet in this version",
  config: (zod) => zod.looseObject({}),
  ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
  effects: true,
  executor: "local",
  run: async () => ({}),
};
