import type { Json } from "@nanobrain/engine";
import type { Message, Model, ModelRequest, ModelSurroundings } from "../model.js";
import { playAnswer, scriptedFault, turnOf } from "./play-answer.js";
import { readScript, type Script, type ScriptedAnswer, scriptFault } from "./script.js";

/** Failures given so far in this process, by call and place in the script: a call that is made again goes on in the count. */
const failed = new Map<string, number>();
const mostCounted = 10_000;

/**
 * A model that says what a YAML file of the project has: for tests and for examples of agents. It keeps nothing between calls: which
 * answer comes is decided by the conversation alone, so that it is the same after a crash and in every process.
 */
export function scriptedFileModel(file: string): Model {
  const name = `scripted/${file}`;
  return {
    name,
    async answer(request, around) {
      const script = await scriptOf(file, around);
      const at = placeOf(file, script, request);
      const answer = script.answers[at];
      if (answer === undefined) throw scriptFault(file, `it ends before answer ${turnOf(request) + 1}`);
      if (failsNow(answer, `${around.idempotencyKey} ${file} ${at}`)) throw scriptedFault(name, answer.failure);
      return playAnswer(name, answer, request, around);
    },
  };
}

async function scriptOf(file: string, around: ModelSurroundings): Promise<Script> {
  if (around.readText === undefined) throw scriptFault(file, "files cannot be read here");
  return readScript(file, await around.readText(file));
}

/** The first answer for the words of the last message, else the one whose turn it is among those for no words. */
function placeOf(file: string, { answers, repeat }: Script, request: ModelRequest): number {
  const words = textOf(request.messages.at(-1)).toLowerCase();
  const fitting = answers.findIndex(({ when }) => when !== undefined && words.includes(when.toLowerCase()));
  if (fitting !== -1) return fitting;
  const inTurn = [...answers.keys()].filter((at) => answers[at]?.when === undefined);
  if (inTurn.length === 0) throw scriptFault(file, "no `when` is in the last message");
  const turn = turnOf(request);
  return inTurn[repeat === true ? turn % inTurn.length : turn] ?? -1;
}

function failsNow(
  answer: ScriptedAnswer,
  key: string,
): answer is ScriptedAnswer & Required<Pick<ScriptedAnswer, "failure">> {
  if (answer.failure === undefined) return false;
  const count = failed.get(key) ?? 0;
  if (failed.size >= mostCounted) failed.clear();
  failed.set(key, count + 1);
  return count < (answer.failure.times ?? Number.POSITIVE_INFINITY);
}

function textOf(message: Message | undefined): string {
  if (message === undefined) return "";
  return message.role === "tool" ? asText(message.result) : message.text;
}

const asText = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));
