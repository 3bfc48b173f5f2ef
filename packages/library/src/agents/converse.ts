import type { Json, JsonSchema } from "@nanobrain/engine";
import type { Message, ModelAnswer } from "../models/model.js";
import type { AgentRun } from "./agent-run.js";
import { judgeAnswer, outputFault } from "./judge-answer.js";
import { askModel } from "./model-call.js";
import { type CallCounts, doToolCalls } from "./tool-calls.js";

export type Conversed = {
  readonly text: string;
  /** With a schema: what fits it. */
  readonly output?: Json;
  readonly model: string;
  /** All of it, the answer last. */
  readonly messages: readonly Message[];
  readonly finish: ModelAnswer["finish"];
};

const mostRepairs = 2;

/**
 * Lets the model go on until it answers: what it asks of tools is done, an answer that cannot be taken is asked for again, twice at most.
 * Throws E_AGENT_BUDGET, E_AGENT_OUTPUT, E_MODEL_...
 */
export async function converse(run: AgentRun, first: readonly Message[], schema?: JsonSchema): Promise<Conversed> {
  const messages: Message[] = [...first];
  const counts: CallCounts = new Map();
  const tools = [...run.tools.values()].map((tool) => tool.declaration);
  const request = { ...(tools.length === 0 ? {} : { tools }), ...(schema === undefined ? {} : { schema }) };
  for (let repairs = 0; ; ) {
    const { number, answer } = await askModel(run, { ...request, messages });
    const { text, toolCalls } = answer;
    messages.push({ role: "assistant", text, ...(toolCalls.length === 0 ? {} : { toolCalls }) });
    if (toolCalls.length > 0) {
      messages.push(...(await doToolCalls(run, toolCalls, number, counts)));
      continue;
    }
    const judged = await judgeAnswer(answer, schema);
    if (judged.isGood)
      return { ...conversed(answer, messages), ...(judged.output === undefined ? {} : { output: judged.output }) };
    if (repairs >= mostRepairs) throw await outputFault(run, answer, judged.problem, repairs + 1);
    repairs += 1;
    messages.push({ role: "user", text: judged.problem });
  }
}

function conversed({ text, model, finish }: ModelAnswer, messages: readonly Message[]): Conversed {
  return { text, model, finish, messages };
}
