import type { Json, JsonObject, StepCall, StepDefinition, StepPorts, Zod } from "@nanobrain/engine";
import { budgetShape } from "../agents/agent-config.js";
import {
  type AgentStepConfig,
  agentEntryShape,
  agentOf,
  agentSecrets,
  agentStepComponents,
  agentStepProblems,
} from "../agents/agent-step-config.js";
import { mcpShape, toolsShape } from "../agents/tools/tool-config.js";
import { openModel } from "../models/open-model.js";

const docs = `Lets an agent answer a message of a conversation.

**Inputs.** \`message\`: what the person says. \`history\`: what was said before, a list of \`{ role, text }\`; a ConversationHistoryUnit gives it.
Other inputs are given to the agent as data.

**Outputs.** \`answer\`: text. \`stream\`: the answer while it is made, as \`{ call, text }\`, \`{ restart: true }\` (what came before is void) and
\`{ done: true }\`. \`usage\`: calls, tokens, money. \`model\`: who answered.

Each call of a model or tool is on disk before its result is used, so that an answer that a crash cut off pays nothing twice.

\`\`\`yaml
process:
  class: AgentProcessingStep
  config:
    agent: { class: ConversationalAgent, config: { system_prompt: "Answer in one sentence." } }
\`\`\`
`;

type Outputs = { readonly [port: string]: Json | undefined };

/** The step, with whatever opens its models. */
export function agentProcessingStepWith(open: typeof openModel): StepDefinition {
  return {
    kind: "step",
    class: "nanobrain.library.steps.AgentProcessingStep",
    version: "1",
    summary: "Lets an agent answer a message of a conversation.",
    docs,
    config: processingConfig,
    components: agentStepComponents,
    check: agentStepProblems,
    secrets: agentSecrets,
    ports,
    effects: true,
    executor: "local",
    run: (call) => run(call, open),
  };
}

export const agentProcessingStep: StepDefinition = agentProcessingStepWith(openModel);

function processingConfig(zod: Zod) {
  return zod.strictObject({
    agent: agentEntryShape(zod).describe(
      "Who answers: `class` of an agent and its `config`, in place or the path of a YAML file.",
    ),
    system_prompt: zod.string().min(1).optional().describe("Follows the agent's own. Liquid."),
    tools: toolsShape(zod).optional().describe("Tools besides the agent's own."),
    mcp: zod.array(mcpShape(zod)).max(16).optional().describe("Servers of tools besides the agent's own."),
    allow_exfiltration: zod
      .boolean()
      .optional()
      .describe("True: it may have tools that read private data beside tools that send to others."),
    budget: budgetShape(zod).optional().describe("Instead of the agent's own; for one message."),
    stream: zod
      .boolean()
      .default(true)
      .describe("Send the answer as it is made, where a link takes the port `stream`."),
  });
}

function ports(): StepPorts {
  return {
    inputs: {
      message: { schema: { type: "string" }, description: "What the person says." },
      history: { schema: { type: "array" }, default: [], description: "What was said before." },
    },
    outputs: {
      answer: { schema: { type: "string" } },
      stream: { schema: { type: "object" }, optional: true, onDemand: true },
      usage: { schema: { type: "object" }, optional: true },
      model: { schema: { type: "string" }, optional: true },
    },
    openInputs: true,
    openOutputs: false,
  };
}

async function run({ inputs, config, context }: StepCall, open: typeof openModel): Promise<Outputs> {
  const [{ performTask }, { openTextStream }] = await Promise.all([
    import("../agents/perform-task.js"),
    import("../agents/text-stream.js"),
  ]);
  const step = config as unknown as AgentStepConfig;
  const agent = agentOf(step);
  const { history = [], ...given } = inputs;
  const stream = step.stream && context.outputPorts.includes("stream") ? openTextStream(context, "stream") : undefined;
  const { text, model, budget } = await performTask(
    agent,
    {
      prompt: "{{ message }}",
      inputs: given,
      history,
      ...(step.system_prompt === undefined ? {} : { systemPrompt: step.system_prompt }),
    },
    {
      context,
      openModel: open,
      name: agent.config.name ?? context.step,
      ...(stream === undefined ? {} : { stream }),
    },
  );
  await stream?.done();
  return { answer: text, usage: budget.used() as unknown as JsonObject, model };
}
