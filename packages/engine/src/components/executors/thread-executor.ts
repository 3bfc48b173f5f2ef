import type { PlainDefinition } from "../../contracts/component.js";

export const threadExecutor: PlainDefinition = {
  kind: "executor",
  class: "nanobrain.core.executor.ThreadExecutor",
  version: "1",
  summary: "Runs steps on threads of this process.",
  config: (zod) =>
    zod.strictObject({
      max_workers: zod.int().min(1).max(1024).optional().describe("Attempts at once; default: what the machine has."),
    }),
};
