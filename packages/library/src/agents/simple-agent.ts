import type { PlainDefinition } from "@nanobrain/engine";

export const simpleAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.SimpleAgent",
  version: "1",
  summary: "",
  later: "agents.SimpleAgent is not there yet in this version",
  config: (zod) => zod.looseObject({}),
};
