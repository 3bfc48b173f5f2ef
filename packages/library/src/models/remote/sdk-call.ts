import type { Json, JsonObject } from "@nanobrain/engine";
import type { Message, ModelRequest, ToolCall } from "../model.js";
import type { Endpoint } from "./endpoint.js";
import { optionsName, type SdkCall } from "./sdk-model.js";

type Prompt = SdkCall["prompt"];

/** A request as the providers' library takes it. */
export function sdkCall(endpoint: Endpoint, request: ModelRequest, signal: AbortSignal): SdkCall {
  const { tools = [], schema, temperature, maxOutputTokens, seed } = request;
  return {
    prompt: promptOf(withSchemaInWords(endpoint, request)),
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map(({ name, description, input }) => ({
            type: "function" as const,
            name,
            description,
            inputSchema: input as JsonObject,
          })),
        }),
    ...responseFormat(endpoint, schema),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(seed === undefined || endpoint.dialect === "anthropic" ? {} : { seed }),
    providerOptions: { [optionsName]: { strictJsonSchema: false } },
    abortSignal: signal,
  };
}

function responseFormat(endpoint: Endpoint, schema: ModelRequest["schema"]): Pick<SdkCall, "responseFormat"> {
  if (schema === undefined || endpoint.structured === "none") return {};
  if (endpoint.structured === "object") return { responseFormat: { type: "json" } };
  return { responseFormat: { type: "json", name: "answer", schema: schema as JsonObject } };
}

/** Where the service cannot be given a schema, the prompt has it. */
function withSchemaInWords(endpoint: Endpoint, { messages, schema }: ModelRequest): readonly Message[] {
  if (schema === undefined || endpoint.structured === "schema") return messages;
  const text = `Answer with JSON only, without any other words, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  return [{ role: "system", text }, ...messages];
}

/** What services take as instructions comes first, whatever order it has; later ones are the user's words. */
function promptOf(messages: readonly Message[]): Prompt {
  const first = messages.findIndex(({ role }) => role !== "system");
  return messages.map((message, at) => partOf(message, first === -1 || at < first));
}

function partOf(message: Message, isFirst: boolean): Prompt[number] {
  switch (message.role) {
    case "system":
      return isFirst
        ? { role: "system", content: message.text }
        : { role: "user", content: [{ type: "text", text: message.text }] };
    case "user":
      return { role: "user", content: [{ type: "text", text: message.text }] };
    case "assistant":
      return { role: "assistant", content: assistantParts(message.text, message.toolCalls ?? []) };
    case "tool":
      return { role: "tool", content: [toolResult(message)] };
  }
}

type AssistantParts = Extract<Prompt[number], { role: "assistant" }>["content"];
type ToolParts = Extract<Prompt[number], { role: "tool" }>["content"];

function assistantParts(text: string, toolCalls: readonly ToolCall[]): AssistantParts {
  return [
    ...(text === "" && toolCalls.length > 0 ? [] : [{ type: "text" as const, text }]),
    ...toolCalls.map(({ id, name, input }) => ({
      type: "tool-call" as const,
      toolCallId: id,
      toolName: name,
      input: isObject(input) ? input : { text: input },
    })),
  ];
}

function toolResult({ id, name, result }: Extract<Message, { role: "tool" }>): ToolParts[number] {
  const output =
    typeof result === "string"
      ? ({ type: "text", value: result } as const)
      : ({ type: "json", value: plain(result) } as const);
  return { type: "tool-result", toolCallId: id, toolName: name, output };
}

type Plain = null | string | number | boolean | Plain[] | { [key: string]: Plain };

/** The same value; the library does not say that it leaves it as it is. */
const plain = (value: Json): Plain => structuredClone(value) as Plain;

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
