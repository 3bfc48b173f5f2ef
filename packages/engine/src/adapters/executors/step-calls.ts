import type { StepContext } from "../../contracts/component.js";
import type { Answered, AttemptRequest, AttemptSink } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { answeredAsks } from "../../kernel/answer-key.js";
import { answerOf } from "./step-asks.js";
import { jsonLimits, toJson } from "./to-json.js";

export type CallSurroundings = {
  readonly request: Pick<AttemptRequest, "effects">;
  readonly sink: Pick<AttemptSink, "callWorkflow">;
  readonly stop: StopSign;
  readonly effect: StepContext["effect"];
  readonly ask: StepContext["ask"];
};

type Values = { readonly [unit: string]: Json };

/** Workflows that a step calls. Their outputs are recorded as effects are; what they ask people, the step asks. */
export function stepCalls(around: CallSurroundings): StepContext["callWorkflow"] {
  return (name, document, inputs) => around.effect(name, () => called(around, name, document, inputs));
}

async function called(around: CallSurroundings, name: string, document: string, inputs: Values): Promise<Values> {
  const { sink, request, stop, ask } = around;
  const given = toJson(inputs, jsonLimits);
  if (!given.ok)
    throw nanobrainError("E_OUTPUT_VALUE", { path: `callWorkflow ${name} ${given.path}`.trimEnd(), what: given.what });
  const call = { name, document, inputs: given.value as Values, answers: answersTo(request.effects, `${name}/`) };
  const answer = await orStopped(stop, sink.callWorkflow?.(call));
  if (answer === undefined) throw nanobrainError("E_INTERNAL", { what: "no workflow can be called here" });
  if ("outputs" in answer) return answer.outputs;
  const { decision } = await ask(`${name}/${answer.place}`, answer.ask);
  // The answer was given to it before, and it did not take it.
  throw nanobrainError("E_CHILD_FAILED", {
    workflow: document,
    what: `it does not take the answer ${JSON.stringify(decision)} to: ${answer.ask.question}`,
  });
}

function answersTo(effects: AttemptRequest["effects"], prefix: string): { readonly [place: string]: Answered } {
  const answers: { [place: string]: Answered } = {};
  for (const place of answeredAsks(Object.keys(effects), prefix)) {
    const answer = answerOf(effects, `${prefix}${place}`);
    if (answer !== undefined) answers[place] = answer;
  }
  return answers;
}

/** The call goes on being ended elsewhere; the step's code need not wait for that. */
export function orStopped<T>(stop: StopSign, calling: Promise<T> | undefined): Promise<T> | undefined {
  if (calling === undefined) return undefined;
  return new Promise((resolve, reject) => {
    const deaf = stop.whenUp(() => reject(stop.reason));
    calling.then(resolve, reject).finally(deaf);
  });
}
