import { type Json, nanobrainError } from "@nanobrain/engine";
import { readYaml } from "@nanobrain/engine/steps";

/** How a scripted model fails, in the words of a script. */
export const scriptedFailures = {
  rate: "E_MODEL_RATE",
  down: "E_MODEL_DOWN",
  timeout: "E_MODEL_TIMEOUT",
  cut: "E_MODEL_CUT",
  malformed: "E_MODEL_MALFORMED",
  context: "E_MODEL_CONTEXT",
  refused: "E_MODEL_REFUSED",
  quota: "E_MODEL_QUOTA",
  key: "E_MODEL_KEY",
  unknown: "E_MODEL_UNKNOWN",
} as const;

export type ScriptedFailure = {
  readonly kind: keyof typeof scriptedFailures;
  /** How many times it fails before it answers; left out: always. */
  readonly times?: number;
  readonly retry_after?: number | string;
};

/** One answer of a script: `text`, or `json` (written as text), or `tool_calls`; or a `failure` before it, or for good. */
export type ScriptedAnswer = {
  /** Only for a request whose last message holds this text. Without it: in turn. */
  readonly when?: string;
  readonly text?: string;
  readonly json?: Json;
  readonly tool_calls?: readonly { readonly id?: string; readonly name: string; readonly input?: Json }[];
  readonly finish?: "stop" | "length" | "refused";
  readonly failure?: ScriptedFailure;
  /** How long it takes: seconds, or text such as `100ms`. */
  readonly delay?: number | string;
  /** In how many parts the text is told. */
  readonly chunks?: number;
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number };
};

export type Script = { readonly answers: readonly ScriptedAnswer[]; readonly repeat?: boolean };

const keys: { readonly [key: string]: (value: unknown) => boolean } = {
  when: isText,
  text: isText,
  json: () => true,
  tool_calls: (value) => Array.isArray(value) && value.every((one) => isMap(one) && isText(one["name"])),
  finish: (value) => ["stop", "length", "refused"].includes(String(value)),
  failure: (value) => isMap(value) && Object.hasOwn(scriptedFailures, String(value["kind"])),
  delay: (value) => isText(value) || typeof value === "number",
  chunks: (value) => Number.isInteger(value) && Number(value) > 0,
  usage: (value) => isMap(value) && Number.isFinite(value["input_tokens"]) && Number.isFinite(value["output_tokens"]),
};

/** The script of a YAML file: a list of answers, or `answers:` with `repeat: true`. Throws E_MODEL_SCRIPT. */
export function readScript(file: string, text: string): Script {
  const read = readYaml(file, text);
  if ("problem" in read) throw scriptFault(file, read.problem);
  const { value } = read;
  const script: unknown = Array.isArray(value) ? { answers: value } : value;
  const answers = isMap(script) ? script["answers"] : undefined;
  if (!isMap(script) || !Array.isArray(answers)) throw scriptFault(file, "it is no list of answers");
  answers.forEach((answer, at) => {
    checkAnswer(file, answer, at + 1);
  });
  return { answers: answers as readonly ScriptedAnswer[], repeat: script["repeat"] === true };
}

function checkAnswer(file: string, answer: unknown, number: number): void {
  if (!isMap(answer)) throw scriptFault(file, `answer ${number} is no map`);
  for (const [key, value] of Object.entries(answer)) {
    const fits = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (fits === undefined)
      throw scriptFault(file, `answer ${number} has the key ${key}; known are ${Object.keys(keys).join(", ")}`);
    if (!fits(value)) throw scriptFault(file, `${key} of answer ${number} is not what it should be`);
  }
}

export function scriptFault(file: string, what: string): Error {
  return nanobrainError("E_MODEL_SCRIPT", { file, what });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
