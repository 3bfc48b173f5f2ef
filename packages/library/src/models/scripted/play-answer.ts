import { setTimeout as pause } from "node:timers/promises";
import { nanobrainError } from "@nanobrain/engine";
import { millisecondsOf } from "@nanobrain/engine/steps";
import type { ModelAnswer, ModelRequest, ModelSurroundings } from "../model.js";
import { type ScriptedAnswer, type ScriptedFailure, scriptedFailures } from "./script.js";

/** Gives a scripted answer as a model would: after its delay, in its parts. */
export async function playAnswer(
  name: string,
  answer: ScriptedAnswer,
  request: ModelRequest,
  around: Pick<ModelSurroundings, "signal" | "onText">,
): Promise<ModelAnswer> {
  const delayMs = millisecondsOf(answer.delay, 0);
  const text = answer.json === undefined ? (answer.text ?? "") : JSON.stringify(answer.json);
  const parts = partsOf(text, answer.chunks ?? 1);
  for (const part of parts) {
    await waited(delayMs / parts.length, around.signal);
    if (part !== "") around.onText?.(part);
  }
  const toolCalls = (answer.tool_calls ?? []).map(({ id, name: tool, input }, at) => ({
    id: id ?? `call-${turnOf(request) + 1}-${at + 1}`,
    name: tool,
    input: input ?? {},
  }));
  return {
    text,
    toolCalls,
    finish: answer.finish ?? (toolCalls.length > 0 ? "tool_calls" : "stop"),
    usage: usageOf(answer, request, text),
    model: name,
  };
}

/** How many answers the conversation already has. */
export function turnOf({ messages }: ModelRequest): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** The failure that a script asks for. */
export function scriptedFault(name: string, { kind, retry_after }: ScriptedFailure): Error {
  const details = { model: name, what: "the script says so", timeoutMs: 0 };
  return nanobrainError(
    scriptedFailures[kind],
    details,
    retry_after === undefined ? {} : { retryAfterMs: millisecondsOf(retry_after, 0) },
  );
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  try {
    await pause(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function partsOf(text: string, count: number): readonly string[] {
  const length = Math.max(1, Math.ceil(text.length / count));
  return text === "" ? [""] : (text.match(new RegExp(`[^]{1,${length}}`, "gu")) ?? [text]);
}

/** Four letters are taken for a token, where the script does not say how many there are. */
function usageOf({ usage }: ScriptedAnswer, { messages }: ModelRequest, text: string): ModelAnswer["usage"] {
  if (usage !== undefined) return { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
  return { inputTokens: Math.ceil(JSON.stringify(messages).length / 4), outputTokens: Math.ceil(text.length / 4) };
}
