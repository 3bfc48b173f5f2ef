import type { PlainDefinition } from "@nanobrain/engine";

export const conversationalAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.conversational.ConversationalAgent",
  version: "1",
  summary: "",
  later: "agents.conversational.ConversationalAgent is not there yet in this version",
  config: (zod) => zod.looseObject({}),
};
