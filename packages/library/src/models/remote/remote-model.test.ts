import { afterEach, describe, expect, it } from "vitest";
import type { FakeReply } from "../../testing/fake-model-server.js";
import { modelBench } from "../../testing/model-surroundings.js";
import { configOf, failureOf, hello, key, modelServers, ways } from "../../testing/model-trials.js";
import { openModel } from "../open-model.js";

const servers = modelServers();
const { serve } = servers;
afterEach(() => servers.close());

const streamedWays = ways.filter(({ streaming }) => streaming);

describe.each(ways)("answers of $dialect, streaming: $streaming", (way) => {
  it("text: it comes whole, with its tokens and their price", async () => {
    const server = await serve({ text: "Grüße an alle 🧪 here", usage: { inputTokens: 1000, outputTokens: 100 } });
    const bench = modelBench();
    const price = { input_per_million: 2, output_per_million: 10 };
    const answer = await openModel(
      configOf(server, way, { price, temperature: 0.5, options: { service_tier: "flex" } }),
    ).answer(hello, bench);
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
      body: { model: "fake-1", temperature: 0.5, service_tier: "flex" },
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
