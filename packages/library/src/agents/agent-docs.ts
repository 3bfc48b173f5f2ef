export const agentStepDocs = `Lets an agent do what the prompt says with the inputs, and gives its answer.

**Inputs.** Any. They are the variables of \`prompt\` (Liquid). An input that the prompt does not name follows it as data, between marks
that name where it is from, as much as fits the agent's \`max_input_characters\`: of lists whole items from the beginning, of other values
the beginning. What is left out is told to the model and warned of. \`history\` is what was said before, for agents that converse.

**Outputs**
- \`analysis_results\`: \`{ text, output, model, agent, usage, prompt, sources, data, inputs, notes }\`; a report can be made of it.
- \`text\`, \`usage\`; with \`output_schema\` each property of the answer.
- \`stream\`, \`transcript\`, \`history\`: where a link takes them.

Each call of a model or tool is on disk before its result is used: after a crash it is not made again. With \`output_schema\` an answer
that does not fit is asked for again, twice at most. \`budget\` limits calls, tokens, money and time, also over restarts.

**Tools** are fixed by the document: any class of steps, workflows (\`class: Workflow, config: file.yml\`), agents, and servers of tools
(\`mcp\`). A tool with \`side_effect: danger\` waits for a person's yes: \`nanobrain answer RUN STEP -d yes\`.

\`\`\`yaml
analysis:
  class: AgentStep
  config:
    agent: { class: SimpleAgent, config: { model: local/extractive } }
    prompt: "What do these papers have in common?"
    tools:
      count:
        class: TransformStep
        config: { expression: "size(words)" }
        description: Counts a list of words
        input_schema: { properties: { words: { type: array } }, required: [words] }
  inputs: { papers: { from: search.search_results } }
\`\`\`
`;

const shared = `Without \`model\` it is the one that NANOBRAIN_MODEL names, else the local one, which only quotes and counts; the run then warns of it.

What it may use is fixed by \`tools\`, \`mcp\` and, in a step, the step's own \`tools\`. Tools that read private data beside tools that send to
others are refused, unless \`allow_exfiltration: true\` says that this is meant.
`;

export const simpleAgentDocs = `One prompt, one answer, with tools if it has some.

${shared}
\`\`\`yaml
agent:
  class: SimpleAgent
  config: { model: openai/gpt-5-mini, system_prompt: "Answer in one sentence.", budget: { model_calls: 5 } }
\`\`\`
`;

export const conversationalAgentDocs = `An agent that knows what was said before: the input \`history\`, a list of \`{ role: user | assistant, text }\`, as much of it as fits
\`history.exchanges\` and \`history.characters\`, the newest first. \`persona\` is whom it speaks as.

${shared}
\`\`\`yaml
agent:
  class: ConversationalAgent
  config: { persona: "You are a patient librarian.", history: { exchanges: 10, characters: 8000 } }
\`\`\`
`;

export const collaborativeAgentDocs = `A conversational agent that works with others, which \`agents\` names. Each is a tool \`ask_NAME\` of its own.

- \`delegation\`: when another is asked. \`when\` is told to the model; with \`keywords\` the other is asked before anything else, if the prompt
  has one of them.
- \`collaboration\`: others have a part in every answer. \`review\`: they criticize the draft, which is then done anew. \`panel\`: each does the
  task once. \`debate\`: they do it and see each other's answers, for \`rounds\` rounds.

What the others use up counts in this agent's budget too.

${shared}
\`\`\`yaml
agent:
  class: EnhancedCollaborativeAgent
  config:
    agents:
      critic: { class: SimpleAgent, description: Finds weak points, config: { system_prompt: "You review texts." } }
    delegation: [{ to: critic, when: "when a claim has no source" }]
    collaboration: { mode: review, rounds: 1 }
\`\`\`
`;
