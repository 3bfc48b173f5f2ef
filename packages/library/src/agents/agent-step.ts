import type { Json, JsonObject, JsonSchema, StepCall, StepContext, StepDefinition } from "@nanobrain/engine";
import { schemaFiles } from "@nanobrain/engine/steps";
import { openModel } from "../models/open-model.js";
import { agentStepDocs } from "./agent-docs.js";
import {
  type AgentStepConfig,
  agentOf,
  agentSecrets,
  agentStepComponents,
  agentStepConfig,
  agentStepPorts,
  agentStepProblems,
} from "./agent-step-config.js";
import type { AgentResult } from "./perform-task.js";
import type { Sourced } from "./prompt/sources.js";

type Outputs = { readonly [port: string]: Json | undefined };

/** The step, with whatever opens its models. */
export function agentStepWith(open: typeof openModel): StepDefinition {
  return {
    kind: "step",
    class: "nanobrain.library.steps.AgentStep",
    version: "1",
    summary: "Lets an agent do what a prompt says with the inputs.",
    docs: agentStepDocs,
    config: agentStepConfig,
    components: agentStepComponents,
    check: agentStepProblems,
    secrets: agentSecrets,
    files: (config) => schemaFiles(config, ["output_schema"]),
    secretFields: ["api_key", "headers", "env"],
    ports: agentStepPorts,
    effects: true,
    executor: "local",
    run: (call) => run(call, open),
  };
}

export const agentStep: StepDefinition = agentStepWith(openModel);

async function run({ inputs, config, context }: StepCall, open: typeof openModel): Promise<Outputs> {
  const [{ performTask }, { sourced }, { openTextStream }, { saidSchema }] = await Promise.all([
    import("./perform-task.js"),
    import("./prompt/sources.js"),
    import("./text-stream.js"),
    import("@nanobrain/engine/steps"),
  ]);
  const step = config as unknown as AgentStepConfig;
  const agent = agentOf(step);
  const said = step.output_schema;
  const schema = said === undefined ? undefined : await saidSchema(said, context);
  const { prompt, history, given } = partsOf(step, inputs, /(^|\.)SimpleAgent$/.test(agent.class));
  const found = sourced(given);
  const stream = step.stream && context.outputPorts.includes("stream") ? openTextStream(context, "stream") : undefined;
  const result = await performTask(
    agent,
    {
      prompt,
      inputs: found.inputs,
      ...(step.system_prompt === undefined ? {} : { systemPrompt: step.system_prompt }),
      ...(history === undefined ? {} : { history }),
      ...(schema === undefined ? {} : { schema }),
    },
    {
      context,
      openModel: open,
      name: agent.config.name ?? nameOf(context),
      ...(stream === undefined ? {} : { stream }),
    },
  );
  await stream?.done();
  return outputsOf(agent, result, found, { context, schema, history });
}

/** The inputs without those that are no data: the prompt, if it comes in, and what was said before. */
function partsOf(step: AgentStepConfig, inputs: StepCall["inputs"], isSimple: boolean) {
  const said = step.prompt ?? step.analysis_prompt;
  const { prompt, history, ...others } = inputs;
  const text = said ?? "{{ prompt }}";
  return {
    prompt: text,
    history: isSimple ? undefined : history,
    given: {
      ...others,
      ...(prompt === undefined ? {} : { prompt }),
      ...(isSimple && history !== undefined ? { history } : {}),
    } as { readonly [port: string]: Json },
  };
}

const nameOf = ({ step }: StepContext): string => step;

type Around = {
  readonly context: StepContext;
  readonly schema: JsonSchema | undefined;
  readonly history: Json | undefined;
};

function outputsOf(
  agent: { readonly class: string; readonly config: { readonly name?: string } },
  result: AgentResult,
  found: Sourced,
  around: Around,
): Outputs {
  const { text, output, model, budget, notes, prompt, messages } = result;
  const usage = budget.used() as unknown as JsonObject;
  const { name } = agent.config;
  const analysis: JsonObject = {
    text,
    ...(output === undefined ? {} : { output }),
    model,
    agent: { class: agent.class, ...(name === undefined ? {} : { name }) },
    usage,
    prompt: prompt.slice(0, 4_000),
    sources: found.sources,
    data: found.data,
    inputs: result.given,
    notes,
  };
  const wired = (port: string): boolean => around.context.outputPorts.includes(port);
  return {
    analysis_results: analysis,
    text,
    usage,
    ...(wired("transcript") ? { transcript: messages as unknown as Json } : {}),
    ...(wired("history") ? { history: withExchange(around.history, prompt, text) } : {}),
    ...propertiesOf(output),
  };
}

function propertiesOf(output: Json | undefined): Outputs {
  if (typeof output !== "object" || output === null || Array.isArray(output)) return {};
  const { analysis_results: _, ...properties } = output as JsonObject;
  return properties as Outputs;
}

function withExchange(history: Json | undefined, prompt: string, text: string): Json {
  const turns = Array.isArray(history) ? (history as readonly Json[]) : [];
  return [...turns, { role: "user", text: prompt }, { role: "assistant", text }];
}
