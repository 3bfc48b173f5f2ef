import type { PlainDefinition } from "../../contracts/component.js";

export const localExecutor: PlainDefinition = {
  kind: "executor",
  class: "nanobrain.core.executor.LocalExecutor",
  version: "1",
  summary: "Runs steps in the event loop of this process.",
  config: (zod) =>
    zod.strictObject({
      max_workers: zod.int().min(1).max(1024).optional().describe("Attempts at once; default: what the machine has."),
    }),
};
