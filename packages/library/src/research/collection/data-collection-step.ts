import type { StepDefinition } from "@nanobrain/engine";

export const dataCollectionStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.DataCollectionStep",
  version: "1",
  summary: "",
  later: "steps.DataCollectionStep is not there yet in this version",
  config: (zod) => zod.looseObject({}),
  ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
  effects: true,
  executor: "local",
  run: async () => ({}),
};
