import { type Json, type JsonSchema, nanobrainError } from "@nanobrain/engine";
import { problemText, validateValue } from "@nanobrain/engine/steps";
import type { ModelAnswer } from "../models/model.js";
import type { AgentRun } from "./agent-run.js";

export type Judged =
  | { readonly isGood: true; readonly output?: Json }
  /** `problem`: what the model is told, to say it better. */
  | { readonly isGood: false; readonly problem: string };

/** Whether an answer can be taken: with a schema JSON that fits it, else any text. */
export async function judgeAnswer({ text, finish }: ModelAnswer, schema: JsonSchema | undefined): Promise<Judged> {
  if (text.trim() === "") return { isGood: false, problem: "Your answer is empty. Answer again." };
  if (schema === undefined) return { isGood: true };
  const cut = finish === "length" ? " It was cut off at its longest length: be shorter." : "";
  const read = jsonIn(text);
  if (read === undefined)
    return {
      isGood: false,
      problem: `Your answer is no JSON.${cut} Answer with nothing but JSON that fits the schema.`,
    };
  const problems = await validateValue(schema, read.value);
  if (problems.length === 0) return { isGood: true, output: read.value };
  const list = problems.slice(0, 10).map((one) => `- ${problemText(one)}`);
  return {
    isGood: false,
    problem: `Your answer does not fit the schema:\n${list.join("\n")}\nAnswer again, with nothing but JSON that fits it.`,
  };
}

/** The text's JSON: all of it, or in a code block, or from the first brace or bracket to the last. */
export function jsonIn(text: string): { readonly value: Json } | undefined {
  const block = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(text)?.[1];
  for (const part of [text, block, between(text, "{", "}"), between(text, "[", "]")]) {
    if (part === undefined) continue;
    try {
      return { value: JSON.parse(part) as Json };
    } catch {
      // The next part may be it.
    }
  }
  return undefined;
}

function between(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open);
  const end = text.lastIndexOf(close);
  return start === -1 || end <= start ? undefined : text.slice(start, end + 1);
}

/** The failure of an agent whose answers cannot be taken; the last one is kept as a file. */
export async function outputFault(run: AgentRun, answer: ModelAnswer, problem: string, tries: number): Promise<Error> {
  const file = await run.context.keep("answer.txt", answer.text, "text/plain");
  const what = problem.split("\n").slice(0, 4).join(" ").slice(0, 600);
  return nanobrainError("E_AGENT_OUTPUT", {
    ...{ agent: run.name, model: answer.model, tries, what },
    ...{ answer: answer.text.slice(0, 2_000), file: file as unknown as Json },
  });
}
