import type { Template } from "./template.js";

const document = `# yaml-language-server: $schema=.nanobrain/schema.json
name: helper
class: ChatWorkflow
description: A conversation with an agent
steps:
  process:
    config:
      agent: { class: ConversationalAgent, config: agents/helper.yml }
`;

const agent = `# Name a model: model: ollama/llama3.2, model: anthropic/claude-sonnet-4-5 (ANTHROPIC_API_KEY), ...
# Without one the local model answers, which only quotes what was said.
name: helper
persona: You are a helpful colleague.
system_prompt: Answer in a few sentences. Say so if you do not know.
budget: { model_calls: 10 }
`;

export const chat: Template = {
  summary: "A conversation with an agent; nanobrain run answers one message of it.",
  talks: true,
  files: { "helper.yml": document, "agents/helper.yml": agent },
  run: ["helper.yml", "-i", 'message="What is a workflow?"'],
};
