import { nanobrainError } from "@nanobrain/engine";
import type { Model, ModelAnswer, ModelRequest, ModelSurroundings } from "../model.js";
import { localModelName } from "../model-name.js";
import { readRequest } from "./read-request.js";
import { readTexts } from "./reading.js";
import { writeAnswer } from "./write-answer.js";

/**
 * The model that is always there and needs no key: it ranks and quotes sentences of what it is given, and counts. It makes no sentence
 * of its own about the matter, calls no tools, and gives the same answer to the same request.
 */
export const localModel: Model = {
  name: localModelName,
  async answer(request, around) {
    const asked = readRequest(request.messages);
    const reading = await readTexts(asked, around.signal);
    if (request.schema !== undefined) {
      const { fillSchema } = await import("./fill-schema.js");
      const filled = fillSchema(request.schema, reading);
      if ("problem" in filled)
        throw nanobrainError("E_MODEL_REFUSED", { model: localModelName, what: filled.problem }, { hint: mend });
      return finished(request, [JSON.stringify(filled.value)], around);
    }
    return finished(request, withinLimit(writeAnswer(reading), request.maxOutputTokens), around);
  },
};

const mend = "Name a language model: model: provider/model, or set NANOBRAIN_MODEL.";
const lettersOfToken = 4;

/** Whole parts from the beginning, as many as have room. */
function withinLimit(parts: readonly string[], maxTokens: number | undefined): readonly string[] {
  let left = (maxTokens ?? Number.POSITIVE_INFINITY) * lettersOfToken;
  const kept: string[] = [];
  for (const [at, part] of parts.entries()) {
    left -= part.length;
    if (left < 0 && at > 0) break;
    kept.push(part);
  }
  return kept;
}

function finished({ messages }: ModelRequest, parts: readonly string[], around: ModelSurroundings): ModelAnswer {
  for (const part of parts) around.onText?.(part);
  const text = parts.join("").trim();
  const inputTokens = Math.ceil(JSON.stringify(messages).length / lettersOfToken);
  const usage = { inputTokens, outputTokens: Math.ceil(text.length / lettersOfToken), costUsd: 0 };
  return { text, toolCalls: [], finish: "stop", usage, model: localModelName };
}
