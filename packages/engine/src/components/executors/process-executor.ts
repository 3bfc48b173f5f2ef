import type { PlainDefinition } from "../../contracts/component.js";

export const processExecutor: PlainDefinition = {
  kind: "executor",
  class: "nanobrain.core.executor.ProcessExecutor",
  version: "1",
  summary: "Runs steps in processes of their own.",
  later: "ProcessExecutor is not there yet in this version",
  config: (zod) =>
    zod.strictObject({
      max_workers: zod.int().min(1).max(1024).optional().describe("Attempts at once; default: what the machine has."),
    }),
};
