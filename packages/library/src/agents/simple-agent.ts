import type { PlainDefinition } from "@nanobrain/engine";
import { agentComponents, agentProblems, agentShape } from "./agent-config.js";
import { simpleAgentDocs } from "./agent-docs.js";
import { scriptFiles } from "./script-files.js";

export const simpleAgent: PlainDefinition = {
  kind: "agent",
  class: "nanobrain.library.agents.SimpleAgent",
  version: "1",
  summary: "One prompt, one answer, with tools if it has some.",
  docs: simpleAgentDocs,
  config: (zod) => zod.strictObject(agentShape(zod)),
  check: agentProblems,
  components: agentComponents,
  files: scriptFiles,
};
