import type { StepDefinition } from "../../contracts/component.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { duration } from "../triggers/trigger-parts.js";

const later = "WaitStep is not there yet in this version";

export const waitStep: StepDefinition = {
  kind: "step",
  class: "nanobrain.core.step.WaitStep",
  version: "1",
  summary: "Waits for a span of time or until a moment.",
  later,
  config: (zod) =>
    zod
      .strictObject({
        for: duration(zod).optional().describe("Span to wait."),
        until: zod.string().min(1).optional().describe("Moment to wait for, such as 2030-01-31T08:00:00Z."),
      })
      .refine((value) => (value.for === undefined) !== (value.until === undefined), "a WaitStep needs for or until"),
  ports: () => ({ inputs: {}, outputs: { at: { schema: { type: "string" } } }, openInputs: true, openOutputs: false }),
  effects: false,
  executor: "local",
  run: () => Promise.reject(nanobrainError("E_STEP", { what: later })),
};
