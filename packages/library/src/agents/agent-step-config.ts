import type { ConfigProblem, JsonObject, JsonSchema, NestedComponent, StepPorts, Zod } from "@nanobrain/engine";
import { schemaOrPath } from "@nanobrain/engine/steps";
import { modelSecrets } from "../models/model-config.js";
import { type AgentConfig, type AgentEntry, type BudgetConfig, budgetShape } from "./agent-config.js";
import { exfiltrationProblems } from "./tools/access.js";
import { type McpConfig, mcpShape, type ToolConfig, toolComponents, toolsShape } from "./tools/tool-config.js";

export type AgentStepConfig = {
  readonly agent: AgentEntry;
  readonly prompt?: string;
  readonly analysis_prompt?: string;
  readonly system_prompt?: string;
  readonly output_schema?: JsonSchema | string;
  readonly tools?: { readonly [name: string]: ToolConfig };
  readonly mcp?: readonly McpConfig[];
  readonly allow_exfiltration?: boolean;
  readonly budget?: BudgetConfig;
  readonly stream: boolean;
};

/** The agent of a step, as a component inside a config. */
export function agentEntryShape(zod: Zod) {
  return zod
    .strictObject({
      class: zod.string().min(1).describe("A class of agents."),
      config: zod
        .record(zod.string(), zod.unknown())
        .optional()
        .describe("Its config, or the path of a YAML file that holds it."),
      description: zod.string().min(1).optional().describe("For people."),
    })
    .meta({ component: "agent" });
}

/** What a step adds to its agent. */
export function additionsShape(zod: Zod) {
  return {
    system_prompt: zod.string().min(1).optional().describe("Follows the agent's own. Liquid."),
    tools: toolsShape(zod).optional().describe("Tools besides the agent's own."),
    mcp: zod.array(mcpShape(zod)).max(16).optional().describe("Servers of tools besides the agent's own."),
    allow_exfiltration: zod
      .boolean()
      .optional()
      .describe("True: it may have tools that read private data beside tools that send to others."),
    budget: budgetShape(zod).optional().describe("Instead of the agent's own."),
    stream: zod.boolean().default(true).describe("Send the text as it is made, where a link takes the port `stream`."),
  };
}

export function agentStepConfig(zod: Zod) {
  const text = zod.string().min(1);
  return zod.strictObject({
    agent: agentEntryShape(zod).describe(
      "Who does it: `class` of an agent and its `config`, in place or the path of a YAML file.",
    ),
    prompt: text
      .optional()
      .describe("What it is to do. Liquid; the inputs are its variables. Default: the input `prompt`."),
    analysis_prompt: text.optional().describe("Another name of `prompt`."),
    output_schema: schemaOrPath(zod)
      .optional()
      .describe("JSON Schema of the answer, or the path of one; each property is a port too."),
    ...additionsShape(zod),
  });
}

/** The agent with what the step adds. */
export function agentOf({ agent, tools, mcp, allow_exfiltration, budget }: AgentStepConfig): AgentEntry {
  const { config } = agent;
  return {
    ...agent,
    config: {
      ...config,
      tools: { ...config.tools, ...tools },
      mcp: [...(config.mcp ?? []), ...(mcp ?? [])],
      allow_exfiltration: allow_exfiltration === true || config.allow_exfiltration === true,
      ...(budget === undefined ? {} : { budget }),
    },
  };
}

export const agentStepComponents = (config: JsonObject): readonly NestedComponent[] => [
  { path: ["agent"], kind: "agent" },
  ...toolComponents(config),
];

/** Names of the secrets that hold the keys of the models of the agent and of those it may ask. */
export function agentSecrets(config: JsonObject): readonly string[] {
  const agent = (config["agent"] ?? {}) as { readonly config?: AgentConfig };
  return [...new Set(secretsOf(agent.config ?? {}))];
}

function secretsOf(config: AgentConfig): readonly string[] {
  const tools = Object.values(config.tools ?? {}).flatMap((tool) =>
    /Agent$/.test(tool.class) ? [tool.config as AgentConfig] : [],
  );
  const others = [...Object.values(config.agents ?? {}).map((one) => one.config), ...tools];
  return [...modelSecrets(config), ...others.flatMap((one) => secretsOf(one ?? {}))];
}

const ownPorts: StepPorts["outputs"] = {
  analysis_results: {
    schema: { type: "object" },
    description: "The answer with where it comes from: text, output, model, usage, sources, data, notes.",
  },
  text: { schema: { type: "string" }, description: "The answer as text." },
  usage: { schema: { type: "object" }, description: "Calls, tokens, money and time." },
  transcript: {
    schema: { type: "array" },
    optional: true,
    onDemand: true,
    description: "All that was said, where a link takes it.",
  },
  history: {
    schema: { type: "array" },
    optional: true,
    onDemand: true,
    description: "The conversation with this exchange, where a link takes it.",
  },
  stream: {
    schema: { type: "object" },
    optional: true,
    onDemand: true,
    description: "The text as it is made: `{ call, text }`, `{ restart: true }`, `{ done: true }`.",
  },
};

export function agentStepPorts(config: JsonObject): StepPorts {
  const { prompt, analysis_prompt, output_schema } = config as unknown as AgentStepConfig;
  const asks = prompt === undefined && analysis_prompt === undefined;
  return {
    inputs: asks ? { prompt: { schema: { type: "string" }, description: "What it is to do." } } : {},
    outputs: { ...ownPorts, ...schemaPorts(output_schema) },
    openInputs: true,
    openOutputs: typeof output_schema === "string",
  };
}

function schemaPorts(schema: JsonSchema | string | undefined): StepPorts["outputs"] {
  if (typeof schema !== "object") return {};
  const properties = (schema["properties"] ?? {}) as { readonly [name: string]: JsonSchema };
  const required = (schema["required"] ?? []) as readonly string[];
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== "analysis_results")
      .map(([name, one]) => [name, { schema: one, optional: !required.includes(name) }]),
  );
}

export async function agentStepProblems(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const step = config as unknown as AgentStepConfig;
  return [
    ...(await promptProblems(step)),
    ...(await schemaProblems(step.output_schema)),
    ...exfiltrationProblems(
      agentOf(step).config,
      step.tools === undefined && step.mcp === undefined ? ["agent"] : ["tools"],
    ),
  ];
}

async function promptProblems(step: AgentStepConfig): Promise<readonly ConfigProblem[]> {
  const { checkTemplate } = await import("@nanobrain/engine/steps");
  const both = step.prompt !== undefined && step.analysis_prompt !== undefined;
  const keys = ["prompt", "analysis_prompt", "system_prompt"] as const;
  return [
    ...(both
      ? [
          {
            path: ["analysis_prompt"],
            code: "E_CONFLICT",
            message: "prompt and analysis_prompt are the same thing: give one",
          },
        ]
      : []),
    ...keys.flatMap((key) => {
      const text = step[key];
      return text === undefined ? [] : checkTemplate(text).map((problem) => ({ path: [key], ...problem }));
    }),
  ];
}

const takenPorts = ["analysis_results", "usage", "stream", "transcript", "history"];

async function schemaProblems(schema: JsonSchema | string | undefined): Promise<readonly ConfigProblem[]> {
  if (schema === undefined || typeof schema === "string") return [];
  const { checkSchema, problemText } = await import("@nanobrain/engine/steps");
  const problems = await checkSchema(schema);
  if (problems.length > 0)
    return problems.map((problem) => ({
      path: ["output_schema"],
      code: "E_TYPE",
      message: `Schema cannot be used: ${problemText(problem)}`,
    }));
  const names = typeof schema === "object" ? Object.keys((schema["properties"] ?? {}) as JsonObject) : [];
  return names
    .filter((name) => takenPorts.includes(name))
    .map((name) => ({
      path: ["output_schema", "properties", name],
      code: "E_CONFLICT",
      message: `Property ${name} has the name of another port of the step`,
    }));
}
