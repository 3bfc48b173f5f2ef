import type { StepDefinition } from "@nanobrain/engine";

export const reportGenerationStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.library.steps.ReportGenerationStep",
  version: "1",
  summary: "",
  later: "steps.ReportGenerationStep is not there yet in this version",
  config: (zod) => zod.looseObject({}),
  ports: () => ({ inputs: {}, outputs: {}, openInputs: true, openOutputs: true }),
  effects: true,
  executor: "local",
  run: async () => ({}),
};
