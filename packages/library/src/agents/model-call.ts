import { type Json, nanobrainError } from "@nanobrain/engine";
import type { Message, ModelAnswer, ModelRequest, ModelSurroundings } from "../models/model.js";
import { stepSurroundings } from "../models/step-surroundings.js";
import type { AgentRun } from "./agent-run.js";
import { exhausted } from "./budget.js";
import { modelWish, outputRoom, spentByModel } from "./call-wish.js";

export type NumberedAnswer = { readonly number: number; readonly answer: ModelAnswer };

/**
 * Asks the agent's model. M1. The answer is on disk before it is used: an attempt after a crash gets the same without a call. M2. Within
 * the budget, which counts recorded answers too. Throws E_MODEL_REFUSED for an answer that is a refusal.
 */
export async function askModel(run: AgentRun, request: ModelRequest): Promise<NumberedAnswer> {
  const number = run.nextCall();
  const name = `${run.prefix}model:${number}`;
  const tokens = tokensOf(request.messages);
  const own = run.budget.beforeModel(tokens);
  const most = least(request.maxOutputTokens, run.config.max_output_tokens, own.outputTokens);
  let isRecorded = true;
  const wish = modelWish(run.config, tokens, most);
  const { answer, ms } = (await run.context.call(name, wish, async (room) => {
    isRecorded = false;
    const output = least(most, outputRoom(run.config, tokens, room));
    const asked = output === undefined ? request : { ...request, maxOutputTokens: Math.max(1, output) };
    const timeMs = least(own.timeMs, room.ms);
    const done = await timed(run, { number, name, timeMs, isOfRun: timeMs !== own.timeMs }, asked);
    const { model: of } = done.answer;
    const note = { kind: "model", of, spent: spentByModel(done.answer, done.ms) } as const;
    return { value: done as unknown as Json, note };
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

function least(...given: readonly (number | undefined)[]): number | undefined {
  const known = given.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

type Timed = { readonly answer: ModelAnswer; readonly ms: number };

/** `timeMs`: what is left of the time of the agent, or of the run. */
type Call = {
  readonly number: number;
  readonly name: string;
  readonly timeMs: number | undefined;
  readonly isOfRun: boolean;
};

async function timed(run: AgentRun, call: Call, request: ModelRequest): Promise<Timed> {
  const { stream } = run;
  const { number, name, timeMs } = call;
  const listeners =
    stream === undefined
      ? {}
      : { onText: (text: string) => stream.onText(number, text), onRestart: () => stream.onRestart() };
  const around = stepSurroundings(run.context, name, listeners);
  const timer = timeMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(timeMs));
  const began = performance.now();
  const answer = await answered(run, request, timer === undefined ? around : bounded(around, timer), {
    timer,
    isOfRun: call.isOfRun,
  });
  await stream?.finish(number, answer.text, false);
  return { answer, ms: Math.round(performance.now() - began) };
}

const bounded = (around: ModelSurroundings, timer: AbortSignal): ModelSurroundings => ({
  ...around,
  signal: AbortSignal.any([around.signal, timer]),
});

type Bound = { readonly timer: AbortSignal | undefined; readonly isOfRun: boolean };

async function answered(
  run: AgentRun,
  request: ModelRequest,
  around: ModelSurroundings,
  { timer, isOfRun }: Bound,
): Promise<ModelAnswer> {
  try {
    return await run.model.answer(request, around);
  } catch (error) {
    if (timer?.aborted !== true || run.context.signal.aborted) throw error;
    const what = `a call of ${run.name}'s model took longer than was left of its time`;
    if (isOfRun) throw nanobrainError("E_RUN_BUDGET", { workflow: "the workflow", key: "time", what });
    throw exhausted(run.name, { what: "a call of its model took longer than was left of its time", key: "time" });
  }
}

/** Four characters are taken for a token. */
function tokensOf(messages: readonly Message[]): number {
  return Math.ceil(messages.reduce((sum, one) => sum + JSON.stringify(one).length, 0) / 4);
}
