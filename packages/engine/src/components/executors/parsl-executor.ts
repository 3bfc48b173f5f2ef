import type { PlainDefinition } from "../../contracts/component.js";

export const parslExecutor: PlainDefinition = {
  kind: "executor",
  class: "nanobrain.core.executor.ParslExecutor",
  version: "1",
  summary: "Runs steps on a cluster through Parsl.",
  later: "ParslExecutor is not there yet in this version",
  config: (zod) => zod.looseObject({ max_workers: zod.int().min(1).optional().describe("Attempts at once.") }),
};
