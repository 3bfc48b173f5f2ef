import { type Json, nanobrainError } from "@nanobrain/engine";
import type { ModelAnswer, ModelUsage, ToolCall } from "../model.js";
import { streamFault } from "./answer-faults.js";
import type { Endpoint } from "./endpoint.js";
import type { SdkStream, SdkWhole } from "./sdk-model.js";

type Draft = { text: string; readonly toolCalls: ToolCall[] };
type Finish = SdkWhole["finishReason"];
type Usage = SdkWhole["usage"];

/** How services that are not quite like the others say that an answer is at its end. */
const otherEnds: { readonly [raw: string]: ModelAnswer["finish"] } = {
  eos: "stop",
  eos_token: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  model_length: "length",
  max_tokens: "length",
  model_context_window_exceeded: "length",
};

/** The answer that came in one piece. */
export function wholeAnswer(endpoint: Endpoint, whole: SdkWhole): ModelAnswer {
  const draft: Draft = { text: "", toolCalls: [] };
  for (const part of whole.content) {
    if (part.type === "text") draft.text += part.text;
    if (part.type === "tool-call") draft.toolCalls.push(toolCall(part));
  }
  return finished(endpoint, draft, whole.finishReason, whole.usage);
}

/** The answer that comes in parts. `onText` hears each as it arrives. */
export async function streamedAnswer(
  endpoint: Endpoint,
  stream: SdkStream,
  onText: (text: string) => void,
  now: () => number,
): Promise<ModelAnswer> {
  const draft: Draft = { text: "", toolCalls: [] };
  let end: { readonly finishReason: Finish; readonly usage: Usage } | undefined;
  for await (const part of stream) {
    if (part.type === "text-delta") {
      draft.text += part.delta;
      if (part.delta !== "") onText(part.delta);
    } else if (part.type === "tool-call") draft.toolCalls.push(toolCall(part));
    else if (part.type === "error") throw errorPart(endpoint, part.error, now);
    else if (part.type === "finish") end = part;
  }
  if (end === undefined) throw nanobrainError("E_MODEL_CUT", { model: endpoint.name, what: "it has no end" });
  return finished(endpoint, draft, end.finishReason, end.usage);
}

function errorPart(endpoint: Endpoint, error: unknown, now: () => number): unknown {
  if (error instanceof Error) return unreadable(endpoint, error);
  return streamFault(endpoint, error, now());
}

function unusable(endpoint: Endpoint, what: string): Error {
  return nanobrainError("E_MODEL_MALFORMED", { model: endpoint.name, what });
}

/** What the providers' library could not read; its own words would hold the answer. */
export function unreadable(endpoint: Endpoint, error: unknown): Error {
  const names: string[] = [];
  for (let one = error; one instanceof Error; one = one.cause) names.push(one.name);
  if (names.some((name) => name.includes("JSONParse"))) return unusable(endpoint, "it is no JSON");
  if (names.some((name) => name.includes("TypeValidation")))
    return unusable(endpoint, "it has not the form of an answer");
  return unusable(endpoint, `it is not what it should be (${names[0] ?? "unknown"})`);
}

function finished(endpoint: Endpoint, draft: Draft, reason: Finish, usage: Usage): ModelAnswer {
  const { text, toolCalls } = draft;
  const finish = finishOf(endpoint, reason, toolCalls.length);
  if (finish === "stop" && text.trim() === "") throw unusable(endpoint, "it is empty");
  return { text, toolCalls, finish, usage: usageOf(endpoint, usage), model: endpoint.name };
}

function finishOf(endpoint: Endpoint, { unified, raw }: Finish, calls: number): ModelAnswer["finish"] {
  switch (unified) {
    case "stop":
      return calls > 0 ? "tool_calls" : "stop";
    case "tool-calls":
      return calls > 0 ? "tool_calls" : "stop";
    case "length":
      return "length";
    case "content-filter":
      return "refused";
    case "error":
    case "other": {
      const known = otherEnds[raw ?? ""];
      if (known === undefined)
        throw unusable(endpoint, `it ends for a reason nobody knows: ${JSON.stringify(raw ?? null)}`);
      return known === "stop" && calls > 0 ? "tool_calls" : known;
    }
  }
}

/** Services that do not count tokens are taken to have used none. */
function usageOf({ price }: Endpoint, usage: Usage): ModelUsage {
  const inputTokens = usage.inputTokens.total ?? 0;
  const outputTokens = usage.outputTokens.total ?? 0;
  if (price === undefined) return { inputTokens, outputTokens };
  const costUsd = (inputTokens * price.input_per_million + outputTokens * price.output_per_million) / 1e6;
  return { inputTokens, outputTokens, costUsd };
}

function toolCall(part: { readonly toolCallId: string; readonly toolName: string; readonly input: string }): ToolCall {
  return { id: part.toolCallId, name: part.toolName, input: jsonOrText(part.input) };
}

function jsonOrText(text: string): Json {
  try {
    return text.trim() === "" ? {} : (JSON.parse(text) as Json);
  } catch {
    return text;
  }
}
