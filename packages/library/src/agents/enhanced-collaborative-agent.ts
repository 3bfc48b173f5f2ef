import type { PlainDefinition } from "@nanobrain/engine";
import { agentComponents, agentProblems, agentShape, collaborationShape, conversationShape } from "./agent-config.js";
import { collaborativeAgentDocs } from "./agent-docs.js";
import { scriptFiles } from "./script-files.js";

export const enhancedCollaborativeAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.conversational.EnhancedCollaborativeAgent",
  version: "1",
  summary: "An agent that works with others: it asks them, and they review its answers.",
  docs: collaborativeAgentDocs,
  config: (zod) => zod.strictObject({ ...agentShape(zod), ...conversationShape(zod), ...collaborationShape(zod) }),
  check: agentProblems,
  components: agentComponents,
  files: scriptFiles,
};
