import type { Http, Json, JsonSchema } from "@nanobrain/engine";

/** A tool as a model is told of it. `input`: JSON Schema of an object. */
export type ToolDeclaration = { readonly name: string; readonly description: string; readonly input: JsonSchema };

/** `id` pairs a call with its result. `input`: as the model gave it, not checked; text where it was no JSON. */
export type ToolCall = { readonly id: string; readonly name: string; readonly input: Json };

export type Message =
  | { readonly role: "system" | "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly id: string; readonly name: string; readonly result: Json };

export type ModelRequest = {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDeclaration[];
  /** The answer is to be JSON of this schema; what comes is not checked here. */
  readonly schema?: JsonSchema;
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
  readonly seed?: number;
};

/** Tokens of one call; `costUsd` where the price is known. */
export type ModelUsage = { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd?: number };

/** One whole answer, plain JSON: it is recorded as an effect. */
export type ModelAnswer = {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: "stop" | "length" | "tool_calls" | "refused";
  readonly usage: ModelUsage;
  /** Which endpoint and model answered, such as `openai/gpt-5-mini`. */
  readonly model: string;
};

/** What a call may use. `onText` hears the answer's text as it arrives; a call that fails half-way may have said some. */
export type ModelSurroundings = {
  readonly http: Http;
  readonly signal: AbortSignal;
  readonly secrets: { readonly [name: string]: string };
  /** Of the call: the same when it is made again after a crash. */
  readonly idempotencyKey: string;
  log(level: "debug" | "info" | "warn", text: string): void;
  onText?(text: string): void;
  /** What `onText` heard so far is void: the answer begins anew, at another endpoint. */
  onRestart?(): void;
  /** Epoch ms by the clock of the run. Left out: this machine's. */
  now?(): number;
  /** A text file of the project, for scripted models. */
  readText?(path: string): Promise<string>;
};

/** A language model behind whatever provider. Throws failures of `E_MODEL_...`; an answer cut short by a broken connection is none. */
export interface Model {
  /** `provider/model`, or what it says it is. */
  readonly name: string;
  answer(request: ModelRequest, around: ModelSurroundings): Promise<ModelAnswer>;
}
