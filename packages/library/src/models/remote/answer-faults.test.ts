import { afterEach, describe, expect, it } from "vitest";
import { type FakeReply, startFakeModelServer } from "../../testing/fake-model-server.js";
import { modelBench } from "../../testing/model-surroundings.js";
import { configOf, failureOf, hello, key, modelServers, ways } from "../../testing/model-trials.js";
import { openModel } from "../open-model.js";

const servers = modelServers();
const { serve } = servers;
afterEach(() => servers.close());

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
    await server.close();
  });
});
