import type { ConfigProblem, JsonObject, NestedComponent, Zod } from "@nanobrain/engine";
import { duration } from "@nanobrain/engine/steps";
import { isPriced, type ModelConfig, modelProblems, modelShape } from "../models/model-config.js";
import {
  type McpConfig,
  mcpShape,
  type ToolConfig,
  toolComponents,
  toolShape,
  toolsShape,
} from "./tools/tool-config.js";

/** Most of what an agent may use up. `time`: of its calls of models and tools; waiting for people does not count. */
export type BudgetConfig = {
  readonly model_calls: number;
  readonly tool_calls: number;
  readonly tokens?: number;
  readonly usd?: number;
  readonly time?: number | string;
};

/** An agent inside a config, as the plan leaves it. */
export type AgentEntry = { readonly class: string; readonly description?: string; readonly config: AgentConfig };

export type DelegationRule = { readonly to: string; readonly when?: string; readonly keywords?: readonly string[] };

export type Collaboration = {
  readonly mode: "review" | "debate" | "panel";
  readonly with?: readonly string[];
  readonly rounds: number;
};

/** The config of an agent of any class; what a class does not know is absent. */
export type AgentConfig = ModelConfig & {
  readonly name?: string;
  readonly description?: string;
  readonly system_prompt?: string;
  readonly persona?: string;
  readonly tools?: { readonly [name: string]: ToolConfig };
  readonly mcp?: readonly McpConfig[];
  readonly allow_exfiltration?: boolean;
  readonly budget?: BudgetConfig;
  readonly max_input_characters?: number;
  readonly history?: { readonly exchanges: number; readonly characters: number };
  readonly agents?: { readonly [name: string]: AgentEntry };
  readonly delegation?: readonly DelegationRule[];
  readonly collaboration?: Collaboration;
};

export function budgetShape(zod: Zod) {
  const count = zod.number().int().min(1);
  return zod.strictObject({
    model_calls: count.max(10_000).default(25).describe("Most calls of models."),
    tool_calls: count.max(10_000).default(25).describe("Most calls of tools, refused ones included."),
    tokens: count.optional().describe("Most tokens, sent and answered together."),
    usd: zod.number().positive().optional().describe("Most US dollars; the model needs a `price`."),
    time: duration(zod).optional().describe("Longest time of all calls together; waiting for people does not count."),
  });
}

/** The keys of every agent. */
export function agentShape(zod: Zod) {
  return {
    ...modelShape(zod),
    name: zod.string().min(1).optional().describe("What the agent is called."),
    description: zod.string().min(1).optional().describe("What it is good at, for agents that may ask it."),
    system_prompt: zod
      .string()
      .min(1)
      .optional()
      .describe("Who the agent is and how it works. Liquid: inputs by name."),
    tools: toolsShape(zod).optional().describe("What it may use, by name. It can use nothing else."),
    mcp: zod.array(mcpShape(zod)).max(16).optional().describe("Servers whose tools it may use."),
    allow_exfiltration: zod
      .boolean()
      .optional()
      .describe("True: it may have tools that read private data beside tools that send to others."),
    budget: budgetShape(zod).optional().describe("Most of what it may use up, kept over restarts."),
    max_input_characters: zod
      .number()
      .int()
      .min(1_000)
      .max(20_000_000)
      .default(200_000)
      .describe("Most of the inputs that the model is given. What is left out is said."),
  };
}

/** The keys of agents that hold conversations. */
export function conversationShape(zod: Zod) {
  const whole = zod.number().int().min(1);
  return {
    persona: zod.string().min(1).optional().describe("Whom the agent speaks as: it begins the system prompt."),
    history: zod
      .strictObject({
        exchanges: whole.default(20).describe("Most exchanges."),
        characters: whole.default(24_000).describe("Most characters of all of them together."),
      })
      .optional()
      .describe("How much of the input `history` the model is given: the newest that fit both."),
  };
}

/** The keys of agents that work with others. */
export function collaborationShape(zod: Zod) {
  return {
    agents: zod
      .record(zod.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,40}$/, "Expected a name"), toolShape(zod, "agent"))
      .optional()
      .describe("Other agents by name: `class` and `config`. Each is a tool `ask_NAME` of this one."),
    delegation: zod
      .array(
        zod.strictObject({
          to: zod.string().min(1).describe("Name of one of `agents`."),
          when: zod.string().min(1).optional().describe("In words, for the model: when to ask it."),
          keywords: zod
            .array(zod.string().min(2))
            .min(1)
            .optional()
            .describe("If the prompt has one of these words, the agent is asked before anything else."),
        }),
      )
      .optional()
      .describe("When other agents are asked."),
    collaboration: zod
      .strictObject({
        mode: zod
          .enum(["review", "debate", "panel"])
          .describe(
            "review: others criticize the draft; debate: they answer and see each other's answers; panel: once each.",
          ),
        with: zod.array(zod.string()).min(1).optional().describe("Names of `agents`. Default: all."),
        rounds: zod.number().int().min(1).max(5).default(1).describe("How often."),
      })
      .optional()
      .describe("How others have a part in every answer."),
  };
}

/** Components that an agent's config holds. */
export function agentComponents(config: JsonObject): readonly NestedComponent[] {
  const { agents = {} } = config as unknown as AgentConfig;
  return [
    ...toolComponents(config),
    ...Object.keys(agents).map((name) => ({ path: ["agents", name], kind: "agent" as const })),
  ];
}

/** What the schema cannot say of an agent. */
export async function agentProblems(config: JsonObject): Promise<readonly ConfigProblem[]> {
  const agent = config as unknown as AgentConfig;
  return [...modelProblems(agent), ...priceProblems(agent), ...nameProblems(agent), ...(await templateProblems(agent))];
}

function priceProblems(agent: AgentConfig): readonly ConfigProblem[] {
  if (agent.budget?.usd === undefined || isPriced(agent)) return [];
  const message = "A budget in money needs to know what tokens cost";
  return [{ path: ["budget", "usd"], code: "E_CONFLICT", message, hint: "give the model's price" }];
}

function nameProblems({ agents = {}, delegation = [], collaboration }: AgentConfig): readonly ConfigProblem[] {
  const known = Object.keys(agents);
  const hint = known.length === 0 ? "name it under agents" : `one of ${known.join(", ")}`;
  const unknown = (name: string, path: ConfigProblem["path"]): readonly ConfigProblem[] =>
    known.includes(name)
      ? []
      : [{ path, code: "E_REF", message: `There is no agent ${JSON.stringify(name)} here`, hint }];
  if (collaboration !== undefined && known.length === 0)
    return [{ path: ["collaboration"], code: "E_CONFLICT", message: "Nobody is there to work with", hint }];
  return [
    ...delegation.flatMap(({ to }, at) => unknown(to, ["delegation", at, "to"])),
    ...(collaboration?.with ?? []).flatMap((name, at) => unknown(name, ["collaboration", "with", at])),
  ];
}

async function templateProblems({ system_prompt: text }: AgentConfig): Promise<readonly ConfigProblem[]> {
  if (text === undefined || !/\{[{%]/.test(text)) return [];
  const { checkTemplate } = await import("@nanobrain/engine/steps");
  return checkTemplate(text).map((problem) => ({ path: ["system_prompt"], ...problem }));
}
