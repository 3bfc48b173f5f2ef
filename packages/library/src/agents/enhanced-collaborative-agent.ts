import type { PlainDefinition } from "@nanobrain/engine";

export const enhancedCollaborativeAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.conversational.EnhancedCollaborativeAgent",
  version: "1",
  summary: "",
  later: "agents.conversational.EnhancedCollaborativeAgent is not there yet in this version",
  config: (zod) => zod.looseObject({}),
};
