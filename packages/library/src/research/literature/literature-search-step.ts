import type { StepDefinition } from "@nanobrain/engine";

export const literatureSearchStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.LiteratureSearchStep",
  version: "1",
  summary: "",
  later: "steps.LiteratureSearchStep is not there yet in this version",
  config: (zod) => zod.looseObject({}),
  ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
  effects: true,
  executor: "local",
  run: async () => ({}),
};
