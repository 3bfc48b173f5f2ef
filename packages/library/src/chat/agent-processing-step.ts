import type { Json, JsonObject, StepCall, StepDefinition, StepPorts, Zod } from "@nanobrain/engine";
import {
  type AgentStepConfig,
  additionsShape,
  agentEntryShape,
  agentOf,
  agentSecrets,
  agentStepComponents,
  agentStepProblems,
} from "../agents/agent-step-config.js";
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
    secretFields: ["api_key", "headers", "env"],
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
    ...additionsShape(zod),
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
