import type { PlainDefinition } from "@nanobrain/engine";
import { agentComponents, agentProblems, agentShape, conversationShape } from "./agent-config.js";
import { conversationalAgentDocs } from "./agent-docs.js";
import { scriptFiles } from "./script-files.js";

export const conversationalAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.conversational.ConversationalAgent",
  version: "1",
  summary: "An agent that knows what was said before.",
  docs: conversationalAgentDocs,
  config: (zod) => zod.strictObject({ ...agentShape(zod), ...conversationShape(zod) }),
  check: agentProblems,
  components: agentComponents,
  files: scriptFiles,
};
