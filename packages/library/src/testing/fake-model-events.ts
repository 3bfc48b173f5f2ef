import type { Json } from "@nanobrain/engine";

/** What a faked model says. */
export type FakeWords = {
  readonly text?: string;
  readonly toolCalls?: readonly { readonly id?: string; readonly name: string; readonly input: Json }[];
  /** How the service calls the end, such as `stop`, `length`, `content_filter`, `refusal`. Default: as it should be. */
  readonly finish?: string;
  /** In how many parts the text comes. Default: a part for each word. */
  readonly chunks?: number;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
};

export type FakeDialect = "openai" | "anthropic";

/** The answer as server-sent events, one text each, the end mark last. */
export function fakeEvents(dialect: FakeDialect, model: string, words: FakeWords): readonly string[] {
  if (dialect === "openai") {
    const parts = openaiParts(model, words).map((part) => `data: ${JSON.stringify(part)}\n\n`);
    return [...parts, "data: [DONE]\n\n"];
  }
  return anthropicParts(model, words).map((part) => `event: ${part.type}\ndata: ${JSON.stringify(part)}\n\n`);
}

/** The answer in one piece. */
export function fakeWhole(dialect: FakeDialect, model: string, words: FakeWords): Json {
  return dialect === "openai" ? openaiWhole(model, words) : anthropicWhole(model, words);
}

const usageOf = ({ usage }: FakeWords) => usage ?? { inputTokens: 11, outputTokens: 7 };

function openaiUsage(words: FakeWords) {
  const { inputTokens, outputTokens } = usageOf(words);
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

function openaiFinish({ finish, toolCalls = [] }: FakeWords): string {
  return finish ?? (toolCalls.length > 0 ? "tool_calls" : "stop");
}

function textParts({ text = "", chunks }: FakeWords): readonly string[] {
  if (chunks === undefined) return text.match(/\S+\s*|\s+/g) ?? [];
  const length = Math.max(1, Math.ceil(text.length / chunks));
  return text.match(new RegExp(`[^]{1,${length}}`, "gu")) ?? [];
}

const callId = (id: string | undefined, at: number): string => id ?? `call_${at + 1}`;

type OpenaiPart = { readonly [key: string]: unknown };

function openaiParts(model: string, words: FakeWords): readonly OpenaiPart[] {
  const head = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_700_000_000, model };
  const choice = (delta: OpenaiPart, finish: string | null = null): OpenaiPart => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const calls = (words.toolCalls ?? []).flatMap(({ id, name, input }, index) => {
    const text = JSON.stringify(input);
    const half = Math.ceil(text.length / 2);
    const begin = {
      index,
      id: callId(id, index),
      type: "function",
      function: { name, arguments: text.slice(0, half) },
    };
    return [
      choice({ tool_calls: [begin] }),
      choice({ tool_calls: [{ index, function: { arguments: text.slice(half) } }] }),
    ];
  });
  return [
    choice({ role: "assistant", content: "" }),
    ...textParts(words).map((content) => choice({ content })),
    ...calls,
    choice({}, openaiFinish(words)),
    { ...head, choices: [], usage: openaiUsage(words) },
  ];
}

function openaiWhole(model: string, words: FakeWords): Json {
  const calls = (words.toolCalls ?? []).map(({ id, name, input }, at) => ({
    id: callId(id, at),
    type: "function",
    function: { name, arguments: JSON.stringify(input) },
  }));
  const message = {
    role: "assistant",
    content: words.text ?? null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message, finish_reason: openaiFinish(words) }],
    usage: openaiUsage(words),
  };
}

type AnthropicPart = { readonly type: string; readonly [key: string]: unknown };

function anthropicFinish({ finish, toolCalls = [] }: FakeWords): string {
  return finish ?? (toolCalls.length > 0 ? "tool_use" : "end_turn");
}

function anthropicParts(model: string, words: FakeWords): readonly AnthropicPart[] {
  const { inputTokens, outputTokens } = usageOf(words);
  const message = { ...anthropicHead(model), content: [], stop_reason: null };
  const blocks = [
    ...(words.text === undefined ? [] : [{ start: { type: "text", text: "" }, deltas: textDeltas(words) }]),
    ...(words.toolCalls ?? []).map(({ id, name, input }, at) => ({
      start: { type: "tool_use", id: callId(id, at), name, input: {} },
      deltas: [{ type: "input_json_delta", partial_json: JSON.stringify(input) }],
    })),
  ];
  return [
    { type: "message_start", message: { ...message, usage: { input_tokens: inputTokens, output_tokens: 1 } } },
    { type: "ping" },
    ...blocks.flatMap(({ start, deltas }, index): readonly AnthropicPart[] => [
      { type: "content_block_start", index, content_block: start },
      ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
      { type: "content_block_stop", index },
    ]),
    {
      type: "message_delta",
      delta: { stop_reason: anthropicFinish(words), stop_sequence: null },
      usage: { output_tokens: outputTokens },
    },
    { type: "message_stop" },
  ];
}

const textDeltas = (words: FakeWords) => textParts(words).map((text) => ({ type: "text_delta", text }));

const anthropicHead = (model: string) => ({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model,
  stop_sequence: null,
});

function anthropicWhole(model: string, words: FakeWords): Json {
  const { inputTokens, outputTokens } = usageOf(words);
  const calls = (words.toolCalls ?? []).map(({ id, name, input }, at) => ({
    type: "tool_use",
    id: callId(id, at),
    name,
    input,
  }));
  return {
    ...anthropicHead(model),
    content: [...(words.text === undefined ? [] : [{ type: "text", text: words.text }]), ...calls],
    stop_reason: anthropicFinish(words),
    usage: { input_tokens: inputTokens, output_tokens: outputTokens },
  };
}
