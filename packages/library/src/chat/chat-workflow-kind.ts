import type { PlainDefinition } from "@nanobrain/engine";

const docs = `One turn of a conversation: a message comes in, an agent answers, the answer is made ready to be read.

A document of this class starts from these parts, and may say any of them otherwise or add to them:

- Inputs \`message\` (text) and \`history\` (what was said so far, a \`ConversationHistoryUnit\`); output \`response\` (text).
- Step \`process\` (\`AgentProcessingStep\`), whose agent answers, and which sends the answer in pieces to the unit \`tokens\`.
- Step \`format\` (\`ResponseFormattingStep\`).

\`nanobrain chat FILE\` talks to it; \`nanobrain run FILE -i message=...\` is one turn without a past. In TypeScript, \`ChatWorkflow\` of
\`@nanobrain/library\` has \`handleUserInput\` and \`streamResponse\`.

\`\`\`yaml
name: helper
class: ChatWorkflow
steps:
  process:
    config:
      agent: { class: ConversationalAgent, config: { system_prompt: "Answer in one sentence." } }
\`\`\`
`;

export const chatWorkflowKind: PlainDefinition = {
  kind: "workflow",
  class: "nanobrain.library.workflows.ChatWorkflow",
  version: "1",
  summary: "One turn of a conversation with an agent.",
  docs,
  config: (zod) => zod.looseObject({}),
};
