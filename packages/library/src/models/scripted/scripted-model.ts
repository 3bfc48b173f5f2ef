import type { Model, ModelRequest } from "../model.js";
import { playAnswer, scriptedFault } from "./play-answer.js";
import { type ScriptedAnswer, scriptFault } from "./script.js";

export type ScriptedModel = Model & {
  /** What it was asked so far. */
  readonly requests: readonly ModelRequest[];
};

/** A model for TypeScript tests: its n-th call gets the n-th answer; text stands for an answer of that text. */
export function scriptedModel(
  answers: readonly (string | ScriptedAnswer | ((request: ModelRequest) => ScriptedAnswer))[],
): ScriptedModel {
  const name = "scripted/test";
  const requests: ModelRequest[] = [];
  return {
    name,
    requests,
    async answer(request, around) {
      const given = answers[requests.length];
      requests.push(structuredClone(request));
      if (given === undefined) throw scriptFault(name, `it ends before call ${requests.length}`);
      const made = typeof given === "function" ? given(request) : given;
      const answer = typeof made === "string" ? { text: made } : made;
      if (answer.failure !== undefined) throw scriptedFault(name, answer.failure);
      return playAnswer(name, answer, request, around);
    },
  };
}
