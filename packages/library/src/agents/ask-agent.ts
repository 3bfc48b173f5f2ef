import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { classify } from "@nanobrain/engine/steps";
import type { AgentEntry } from "./agent-config.js";
import type { Budget } from "./budget.js";
import type { AgentPlace } from "./perform-task.js";
import { fenced } from "./prompt/fence.js";
import type { Tool } from "./tools/tool.js";

const mostDepth = 4;
const toldFailures = ["E_AGENT_OUTPUT", "E_AGENT_INPUT", "E_MODEL_REFUSED", "E_MODEL_CONTEXT"];

/** What another agent says to a task. Its calls are effects named `PLACE/...`, and count in the asking agent's budget. */
export async function askAgent(
  agent: AgentEntry,
  task: string,
  name: string,
  place: AgentPlace,
  over: Budget,
): Promise<string> {
  const depth = (place.depth ?? 0) + 1;
  if (depth > mostDepth)
    throw nanobrainError("E_AGENT_TOOL", { tool: name, what: `more than ${mostDepth} agents ask each other` });
  const { context, openModel, perform } = place;
  const result = await perform(
    agent,
    { prompt: "{{ task }}", inputs: { task } },
    { context, openModel, prefix: `${name}/`, name: agent.config.name ?? shortName(agent.class), over, depth },
  );
  return result.text;
}

/** An agent as a tool of another. It is asked in words and answers in words. */
export function agentTool(
  name: string,
  agent: AgentEntry,
  place: AgentPlace,
  over: Budget,
  when: readonly string[],
): Tool {
  const about = agent.description ?? agent.config.description ?? `Asks ${agent.config.name ?? shortName(agent.class)}`;
  const text = { type: "string", minLength: 1 };
  return {
    declaration: {
      name,
      description: [about, ...when.map((one) => `Ask it ${one}`)].join(". "),
      input: {
        type: "object",
        properties: {
          task: { ...text, description: "What it is to do, in full: it knows nothing of this conversation." },
          material: { type: "string", description: "Data that it needs." },
        },
        required: ["task"],
        additionalProperties: false,
      },
    },
    sideEffect: "read",
    isMadeOfCalls: true,
    call: (input, call) => told(() => askAgent(agent, taskText(input), call, place, over)),
  };
}

function taskText({ task, material }: JsonObject): string {
  const words = String(task);
  return typeof material === "string" && material !== ""
    ? `${words}\n\n${fenced("asking agent", { text: material })}`
    : words;
}

/** Failures that would come again are told to the model that asks; others fail the attempt. */
async function told(ask: () => Promise<string>): Promise<Json> {
  try {
    return { result: await ask() };
  } catch (error) {
    const { code, message } = classify(error);
    if (!toldFailures.includes(code)) throw error;
    return { error: `${code}: ${message}` };
  }
}

const shortName = (className: string): string => className.slice(className.lastIndexOf(".") + 1);
