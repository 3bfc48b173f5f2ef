import { type Json, nanobrainError } from "@nanobrain/engine";
import type { Message, ModelAnswer, ModelRequest, ModelSurroundings } from "../models/model.js";
import { stepSurroundings } from "../models/step-surroundings.js";
import type { AgentRun } from "./agent-run.js";
import { exhausted } from "./budget.js";

export type NumberedAnswer = { readonly number: number; readonly answer: ModelAnswer };

/**
 * Asks the agent's model. M1. The answer is on disk before it is used: an attempt after a crash gets the same without a call. M2. Within
 * the budget, which counts recorded answers too. Throws E_MODEL_REFUSED for an answer that is a refusal.
 */
export async function askModel(run: AgentRun, request: ModelRequest): Promise<NumberedAnswer> {
  const number = run.nextCall();
  const name = `${run.prefix}model:${number}`;
  const room = run.budget.beforeModel(tokensOf(request.messages));
  const most = [request.maxOutputTokens, run.config.max_output_tokens, room.outputTokens].filter(
    (one) => one !== undefined,
  );
  const asked = most.length === 0 ? request : { ...request, maxOutputTokens: Math.max(1, Math.min(...most)) };
  let isRecorded = true;
  const { answer, ms } = (await run.context.effect(name, async () => {
    isRecorded = false;
    return (await timed(run, number, name, asked, room.timeMs)) as unknown as Json;
  })) as unknown as Timed;
  if (isRecorded) await run.stream?.finish(number, answer.text, true);
  run.budget.usedByModel(answer.usage, ms);
  if (answer.finish === "refused")
    throw nanobrainError("E_MODEL_REFUSED", {
      model: answer.model,
      what: answer.text.slice(0, 500) || "it said no more",
    });
  return { number, answer };
}

type Timed = { readonly answer: ModelAnswer; readonly ms: number };

async function timed(
  run: AgentRun,
  number: number,
  name: string,
  request: ModelRequest,
  timeMs?: number,
): Promise<Timed> {
  const { stream } = run;
  const listeners =
    stream === undefined
      ? {}
      : { onText: (text: string) => stream.onText(number, text), onRestart: () => stream.onRestart() };
  const around = stepSurroundings(run.context, name, listeners);
  const timer = timeMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(timeMs));
  const began = performance.now();
  const answer = await answered(run, request, timer === undefined ? around : bounded(around, timer), timer);
  await stream?.finish(number, answer.text, false);
  return { answer, ms: Math.round(performance.now() - began) };
}

const bounded = (around: ModelSurroundings, timer: AbortSignal): ModelSurroundings => ({
  ...around,
  signal: AbortSignal.any([around.signal, timer]),
});

async function answered(
  run: AgentRun,
  request: ModelRequest,
  around: ModelSurroundings,
  timer?: AbortSignal,
): Promise<ModelAnswer> {
  try {
    return await run.model.answer(request, around);
  } catch (error) {
    if (timer?.aborted !== true || run.context.signal.aborted) throw error;
    const what = "a call of its model took longer than was left of its time";
    throw exhausted(run.name, { what, key: "time" });
  }
}

/** Four characters are taken for a token. */
function tokensOf(messages: readonly Message[]): number {
  return Math.ceil(messages.reduce((sum, one) => sum + JSON.stringify(one).length, 0) / 4);
}
