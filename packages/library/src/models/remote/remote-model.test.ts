import { NanobrainError } from "@nanobrain/engine";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeModelServer, type FakeReply, startFakeModelServer } from "../../testing/fake-model-server.js";
import { modelBench } from "../../testing/model-surroundings.js";
import type { ModelRequest } from "../model.js";
import type { ModelConfig } from "../model-config.js";
import { openModel } from "../open-model.js";

const servers: FakeModelServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(...replies: (FakeReply | string)[]): Promise<FakeModelServer> {
  const server = await startFakeModelServer(replies);
  servers.push(server);
  return server;
}

const hello: ModelRequest = { messages: [{ role: "user", text: "Say hello." }] };
const key = "sk-test-4711-abcdefgh";

const ways = [
  { dialect: "openai", streaming: true },
  { dialect: "openai", streaming: false },
  { dialect: "anthropic", streaming: true },
  { dialect: "anthropic", streaming: false },
] as const;
const streamedWays = ways.filter(({ streaming }) => streaming);

type Way = (typeof ways)[number];

function configOf(server: FakeModelServer, { dialect, streaming }: Way, more: ModelConfig = {}): ModelConfig {
  const model = dialect === "openai" ? "compatible/fake-1" : "anthropic/fake-1";
  return { model, base_url: server.baseUrl, api_key: key, streaming, ...more };
}

async function failureOf(config: ModelConfig, request = hello, bench = modelBench()): Promise<NanobrainError> {
  const error: unknown = await openModel(config)
    .answer(request, bench)
    .then(
      (answer) => answer,
      (cause: unknown) => cause,
    );
  if (!(error instanceof NanobrainError)) throw new Error(`no failure: ${JSON.stringify(error)} ${String(error)}`);
  expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(key);
  return error;
}

describe.each(ways)("answers of $dialect, streaming: $streaming", (way) => {
  it("text: it comes whole, with its tokens and their price", async () => {
    const server = await serve({ text: "Grüße an alle 🧪 here", usage: { inputTokens: 1000, outputTokens: 100 } });
    const bench = modelBench();
    const price = { input_per_million: 2, output_per_million: 10 };
    const answer = await openModel(configOf(server, way, { price, temperature: 0.5 })).answer(hello, bench);
    const model = way.dialect === "openai" ? "compatible/fake-1" : "anthropic/fake-1";
    expect(answer).toEqual({
      text: "Grüße an alle 🧪 here",
      toolCalls: [],
      finish: "stop",
      usage: { inputTokens: 1000, outputTokens: 100, costUsd: 0.003 },
      model,
    });
    expect(bench.heard()).toBe(answer.text);
    const [call] = server.calls;
    expect(call).toMatchObject({
      dialect: way.dialect,
      streamed: way.streaming,
      body: { model: "fake-1", temperature: 0.5 },
    });
    expect(call?.headers["idempotency-key"]).toBe("run-1:step:1");
    expect(way.dialect === "openai" ? call?.headers["authorization"] : call?.headers["x-api-key"]).toContain(key);
  });

  it("bytes: characters cut in two by the network arrive whole", async () => {
    const server = await serve({ text: "ä🧪ß€ done", pieceBytes: 1 });
    expect((await openModel(configOf(server, way)).answer(hello, modelBench())).text).toBe("ä🧪ß€ done");
  });

  it("tools: they are told, called, and their results sent", async () => {
    const toolCalls = [
      { id: "call_1", name: "add", input: { a: 1, b: [2, 3] } },
      { id: "call_2", name: "now", input: {} },
    ];
    const server = await serve({ text: "Let me see.", toolCalls }, "Six.");
    const model = openModel(configOf(server, way));
    const tools = [
      { name: "add", description: "Adds.", input: { type: "object", properties: { a: { type: "number" } } } },
    ];
    const first = await model.answer({ ...hello, tools }, modelBench());
    expect(first).toMatchObject({ text: "Let me see.", finish: "tool_calls", toolCalls });
    const last = await model.answer(
      {
        tools,
        messages: [
          { role: "system", text: "Be short." },
          ...hello.messages,
          { role: "assistant", text: first.text, toolCalls: first.toolCalls },
          { role: "tool", id: "call_1", name: "add", result: { sum: 6 } },
          { role: "tool", id: "call_2", name: "now", result: "noon" },
        ],
      },
      modelBench(),
    );
    expect(last.text).toBe("Six.");
    const sent = JSON.stringify(server.calls[1]?.body);
    for (const part of ["Be short.", "Adds.", "call_1", '\\"sum\\":6', "noon"]) expect(sent).toContain(part);
  });

  it("schema: it is asked for", async () => {
    const schema = { type: "object", properties: { color: { type: "string" } }, required: ["color"] };
    const server = await serve({ text: '{"color":"blue"}' });
    const answer = await openModel(configOf(server, way)).answer({ ...hello, schema }, modelBench());
    expect(JSON.parse(answer.text)).toEqual({ color: "blue" });
    expect(JSON.stringify(server.calls[0]?.body)).toContain('"color":{"type":"string"}');
  });

  it("ends: too long and refused are told apart", async () => {
    const [tooLong, refused] = way.dialect === "openai" ? ["length", "content_filter"] : ["max_tokens", "refusal"];
    const server = await serve(
      { text: "and so", finish: tooLong },
      { text: "No.", finish: refused },
      { text: "Hm", finish: "moonrise" },
    );
    const model = openModel(configOf(server, way));
    expect((await model.answer(hello, modelBench())).finish).toBe("length");
    expect((await model.answer(hello, modelBench())).finish).toBe("refused");
    expect((await failureOf(configOf(server, way))).code).toBe("E_MODEL_MALFORMED");
  });

  it("empty: an answer without a word is none", async () => {
    const server = await serve({ text: "" });
    expect(await failureOf(configOf(server, way))).toMatchObject({ code: "E_MODEL_MALFORMED" });
  });

  it("garbage: an answer that is not what it should be is malformed", async () => {
    const kind = way.streaming ? "text/event-stream" : "application/json";
    const end =
      way.dialect === "openai" ? "data: [DONE]\n\n" : 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
    const body = way.streaming ? `data: {"choices": [{"delta\n\n${end}` : '{"choices": [';
    const server = await serve({ body, headers: { "content-type": kind } });
    expect(await failureOf(configOf(server, way))).toMatchObject({ code: "E_MODEL_MALFORMED" });
  });

  it("UTF-8: bytes that are none fail the answer", async () => {
    const server = way.streaming
      ? await serve({ text: "fine so far", spoiltBy: Uint8Array.of(0x3a, 0xc3, 0x28, 0x0a, 0x0a) })
      : await serve({
          body: "\uFFFD",
          headers: { "content-type": "application/json", "content-encoding": "identity" },
        });
    if (way.streaming)
      expect(await failureOf(configOf(server, way))).toMatchObject({
        code: "E_MODEL_MALFORMED",
        message: expect.stringContaining("UTF-8"),
      });
    else expect(await failureOf(configOf(server, way))).toMatchObject({ code: "E_MODEL_MALFORMED" });
  });

  it("length: fewer bytes than the head says fail the answer", async () => {
    const server = await serve({ text: "all is here", wrongLength: true });
    expect((await failureOf(configOf(server, way))).code).toBe("E_MODEL_CUT");
  });

  it("size: an answer past max_answer is not taken", async () => {
    const server = await serve({ text: "many words ".repeat(5000) });
    expect(await failureOf(configOf(server, way, { max_answer: 10_000 }))).toMatchObject({
      code: "E_MODEL_MALFORMED",
      traits: { retryable: false },
      hint: expect.stringContaining("max_answer"),
    });
  });

  it("hang before the head: it ends after first_byte_timeout", async () => {
    const server = await serve({ hang: "head" });
    expect(await failureOf(configOf(server, way, { first_byte_timeout: "200ms" }))).toMatchObject({
      code: "E_MODEL_TIMEOUT",
      details: { timeoutMs: 200 },
    });
  });

  it("hang in the body: it ends after idle_timeout", async () => {
    const server = await serve({ text: "one two three", hang: way.streaming ? 3 : 0 });
    expect(await failureOf(configOf(server, way, { idle_timeout: "200ms" }))).toMatchObject({
      code: "E_MODEL_TIMEOUT",
      details: { timeoutMs: 200 },
    });
  });

  it("trickle: it ends after total_timeout", async () => {
    const server = await serve({
      text: "many words ".repeat(400),
      everyMs: 20,
      ...(way.streaming ? {} : { delayMs: 400 }),
    });
    expect(await failureOf(configOf(server, way, { total_timeout: "300ms", idle_timeout: 5 }))).toMatchObject({
      code: "E_MODEL_TIMEOUT",
      details: { timeoutMs: 300 },
    });
  });

  it("abort: the call ends with the attempt, and the service is let go", async () => {
    const server = await serve({ text: "one two three four", hang: way.streaming ? 2 : "head" });
    const ending = new AbortController();
    const asked = openModel(configOf(server, way)).answer(hello, modelBench({ signal: ending.signal }));
    asked.catch(() => undefined);
    await expect.poll(() => server.calls.length).toBe(1);
    ending.abort(new RangeError("enough"));
    await expect(asked).rejects.toThrow("enough");
    await expect.poll(() => server.underWay()).toBe(0);
  });
});

describe.each(streamedWays)("streams of $dialect", (way) => {
  const words: FakeReply = {
    text: "Nothing of this may be taken for whole.",
    toolCalls: [{ name: "add", input: { a: 1 } }],
  };

  it.each(["cutAfter", "endAfter"] as const)("%s: at each event it is an error, never a short answer", async (how) => {
    const whole = await serve(words);
    const good = await openModel(configOf(whole, way)).answer(hello, modelBench());
    expect(good.finish).toBe("tool_calls");
    const events = way.dialect === "openai" ? 14 : 17;
    const codes = new Set<string>();
    for (let at = 0; at < events; at++) {
      const server = await serve({ ...words, [how]: at });
      codes.add((await failureOf(configOf(server, way))).code);
    }
    expect([...codes]).toEqual(["E_MODEL_CUT"]);
    const all = await serve({ ...words, endAfter: events });
    expect(await openModel(configOf(all, way)).answer(hello, modelBench())).toEqual(good);
  });

  it("errors in the midst of an answer fail it", async () => {
    const error =
      way.dialect === "openai"
        ? 'data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n'
        : 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const server = await serve({ text: "so far", spoiltBy: Buffer.from(error) });
    expect((await failureOf(configOf(server, way))).code).toBe(
      way.dialect === "openai" ? "E_MODEL_DOWN" : "E_MODEL_RATE",
    );
  });
});

const openaiError = (message: string, code: string | null = null, type = "invalid_request_error"): string =>
  JSON.stringify({ error: { message, type, param: null, code } });
const anthropicError = (type: string, message: string): string =>
  JSON.stringify({ type: "error", error: { type, message } });

describe("answers that are failures", () => {
  const cases: readonly (readonly [name: string, reply: FakeReply, code: string, traits?: object])[] = [
    [
      "429 with retry-after",
      { status: 429, body: openaiError("Rate limit reached"), headers: { "retry-after": "20" } },
      "E_MODEL_RATE",
      { retryAfterMs: 20_000 },
    ],
    ["429 without", { status: 429, body: openaiError("Rate limit reached") }, "E_MODEL_RATE", { retryAfterMs: 1000 }],
    [
      "429 in milliseconds",
      { status: 429, body: "{}", headers: { "retry-after-ms": "1500" } },
      "E_MODEL_RATE",
      { retryAfterMs: 1500 },
    ],
    [
      "429 with resets",
      {
        status: 429,
        body: "{}",
        headers: {
          "x-ratelimit-remaining-requests": "5",
          "x-ratelimit-reset-requests": "9m",
          "x-ratelimit-remaining-tokens": "0",
          "x-ratelimit-reset-tokens": "1m30s",
        },
      },
      "E_MODEL_RATE",
      { retryAfterMs: 90_000 },
    ],
    [
      "429 in words",
      { status: 429, body: openaiError("Rate limit reached. Please try again in 2.5s.") },
      "E_MODEL_RATE",
      { retryAfterMs: 2500 },
    ],
    [
      "429 for a day",
      { status: 429, body: "{}", headers: { "retry-after": "86400" } },
      "E_MODEL_RATE",
      { retryAfterMs: 3_600_000 },
    ],
    ["529", { status: 529, body: anthropicError("overloaded_error", "Overloaded") }, "E_MODEL_RATE"],
    [
      "429 that is a quota",
      {
        status: 429,
        body: openaiError(
          "You exceeded your current quota, please check your plan and billing details.",
          "insufficient_quota",
        ),
      },
      "E_MODEL_QUOTA",
    ],
    [
      "429 that no wait mends",
      {
        status: 429,
        body: openaiError("Request too large for gpt-4 on tokens per min (TPM): Limit 30000, Requested 50000."),
      },
      "E_MODEL_CONTEXT",
    ],
    ["402", { status: 402, body: "{}" }, "E_MODEL_QUOTA"],
    [
      "400 without credit",
      {
        status: 400,
        body: anthropicError("invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      },
      "E_MODEL_QUOTA",
    ],
    [
      "401",
      { status: 401, body: openaiError(`Incorrect API key provided: ${key}.`, "invalid_api_key") },
      "E_MODEL_KEY",
    ],
    ["403", { status: 403, body: "{}" }, "E_MODEL_KEY"],
    ["403 that refuses", { status: 403, body: openaiError("Your input was flagged") }, "E_MODEL_REFUSED"],
    [
      "400 that refuses",
      { status: 400, body: openaiError("The response was filtered", "content_filter") },
      "E_MODEL_REFUSED",
    ],
    [
      "400 too long",
      {
        status: 400,
        body: openaiError("This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
      },
      "E_MODEL_CONTEXT",
    ],
    [
      "400 too long elsewhere",
      {
        status: 400,
        body: anthropicError("invalid_request_error", "prompt is too long: 213021 tokens > 200000 maximum"),
      },
      "E_MODEL_CONTEXT",
    ],
    [
      "413",
      { status: 413, body: anthropicError("request_too_large", "Request exceeds the maximum size") },
      "E_MODEL_CONTEXT",
    ],
    [
      "404 of the model",
      { status: 404, body: openaiError("The model `fake-1` does not exist", "model_not_found") },
      "E_MODEL_UNKNOWN",
    ],
    ["404 of Ollama", { status: 404, body: '{"error":"model \'fake-1\' not found"}' }, "E_MODEL_UNKNOWN"],
    [
      "404 of the place",
      { status: 404, body: "404 page not found", headers: { "content-type": "text/plain" } },
      "E_MODEL_REQUEST",
    ],
    ["307", { status: 307, body: "", headers: { location: "https://example.org/" } }, "E_MODEL_REQUEST"],
    ["400", { status: 400, body: openaiError("Unsupported value: 'temperature'") }, "E_MODEL_REQUEST"],
    ["500", { status: 500, body: openaiError("The server had an error") }, "E_MODEL_DOWN"],
    [
      "502 with a page",
      { status: 502, body: "<html><body>Bad Gateway</body></html>", headers: { "content-type": "text/html" } },
      "E_MODEL_DOWN",
    ],
    [
      "503 with a wait",
      { status: 503, body: "{}", headers: { "retry-after": "7" } },
      "E_MODEL_DOWN",
      { retryAfterMs: 7000 },
    ],
    [
      "200 with a page",
      { status: 200, body: "<!doctype html><p>Log in</p>", headers: { "content-type": "text/html" } },
      "E_MODEL_DOWN",
    ],
    [
      "200 with an error",
      {
        status: 200,
        body: openaiError("Rate limit reached, try again in 3s", "rate_limit_exceeded"),
        headers: { "content-type": "text/plain" },
      },
      "E_MODEL_RATE",
    ],
  ];

  it.each(cases.map(([name, reply, code, traits]) => ({ name, reply, code, traits })))("$name: $code", async (one) => {
    const { reply, code, traits = {} } = one;
    for (const way of ways) {
      const server = await serve(reply);
      const failure = await failureOf(configOf(server, way));
      expect(failure).toMatchObject({ code, traits });
      expect(server.calls).toHaveLength(1);
    }
  });

  it("nobody there: it is down", async () => {
    const server = await startFakeModelServer([]);
    await server.close();
    for (const way of ways) expect((await failureOf(configOf(server, way))).code).toBe("E_MODEL_DOWN");
  });

  it("no key: the call is not made, and the failure says which secret to set", async () => {
    for (const [model, secret] of [
      ["openai/gpt-x", "OPENAI_API_KEY"],
      ["claude-x", "ANTHROPIC_API_KEY"],
    ] as const)
      expect(await failureOf({ model })).toMatchObject({ code: "E_MODEL_KEY", hint: expect.stringContaining(secret) });
  });
});

describe("waits", () => {
  it.each(ways)("$dialect, streaming $streaming: nobody calls in the window, and one probes after it", async (way) => {
    let failing = true;
    const server = await startFakeModelServer(() =>
      failing ? { status: 429, body: "{}", headers: { "retry-after": "30" } } : { text: "ok", delayMs: 30 },
    );
    servers.push(server);
    let nowMs = 1_000_000;
    const bench = (): ReturnType<typeof modelBench> => modelBench({ now: () => nowMs });
    const ask = (): Promise<unknown> =>
      openModel(configOf(server, way))
        .answer(hello, bench())
        .catch((error: unknown) => error);
    expect(await ask()).toMatchObject({ code: "E_MODEL_RATE", traits: { retryAfterMs: 30_000 } });
    nowMs += 10_000;
    const refused = await Promise.all(Array.from({ length: 20 }, ask));
    for (const one of refused) expect(one).toMatchObject({ code: "E_MODEL_RATE", traits: { retryAfterMs: 20_000 } });
    expect(server.calls).toHaveLength(1);
    nowMs += 20_000;
    await Promise.all(Array.from({ length: 20 }, ask));
    expect(server.calls).toHaveLength(2);
    failing = false;
    nowMs += 30_000;
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    for (const one of answers) expect(one).toMatchObject({ text: "ok" });
  });
});
