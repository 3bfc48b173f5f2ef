import type { JsonObject } from "@nanobrain/engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptedModel } from "../models/scripted/scripted-model.js";
import {
  type AgentBench,
  type AgentRunEnded,
  analysisOf,
  openAgentBench,
  toolCalls,
  toolResults,
} from "../testing/agent-bench.js";

let bench: AgentBench;
beforeEach(() => {
  bench = openAgentBench();
});
afterEach(() => bench.close());

const one = {
  class: "TransformStep",
  config: { expression: "n + 1" },
  input_schema: { properties: { n: { type: "number" } }, required: ["n"] },
};
const agent: JsonObject = { tools: { one } };
const failureOf = ({ failures }: AgentRunEnded) => failures[0]?.failure;
const forever = Array.from({ length: 100 }, (_, n) => toolCalls(["one", { n }]));

describe("agent limits", () => {
  it("a thousand calls in one answer: none is begun", async () => {
    const many = toolCalls(...Array.from({ length: 1_000 }, (_, n) => ["one", { n }] as const));
    const ended = await bench.run({ agent }, [many, "done"]);
    expect(failureOf(ended)).toMatchObject({
      code: "E_AGENT_BUDGET",
      kind: "configuration",
      details: { key: "tool_calls" },
    });
    expect(failureOf(ended)?.message).toContain(
      "the model asks for 1000 calls of tools after 0, and 25 are allowed in all",
    );
    expect(ended.model.requests).toHaveLength(1);
  });

  it("the same call for ever: it is refused after three times, and the agent ends at its limit", async () => {
    const same = Array.from({ length: 100 }, () => toolCalls(["one", { n: 1 }]));
    const ended = await bench.run({ agent }, same);
    expect(failureOf(ended)).toMatchObject({ code: "E_AGENT_BUDGET" });
    expect(ended.model.requests).toHaveLength(25);
    const refused = toolResults(ended.model).filter((result) => "error" in result);
    expect(refused.length).toBe(21);
    expect(refused[0]?.["error"]).toContain("This same call was made 3 times");
  });

  it("calls that are refused count: unknown tools for ever end at the limit", async () => {
    const unknown = Array.from({ length: 100 }, (_, n) => toolCalls(["nothing", { n }]));
    const ended = await bench.run({ agent }, unknown);
    expect([failureOf(ended)?.code, ended.model.requests.length]).toEqual(["E_AGENT_BUDGET", 25]);
  });

  it.each([
    ["model_calls", { model_calls: 3 }, 3],
    ["tool_calls", { tool_calls: 4 }, 5],
  ])("%s: as many are made, and no more", async (key, budget, calls) => {
    const ended = await bench.run({ agent, config: { budget } }, forever);
    expect([failureOf(ended)?.code, failureOf(ended)?.details?.["key"]]).toEqual(["E_AGENT_BUDGET", key]);
    expect(ended.model.requests).toHaveLength(calls);
  });

  it("tokens: nothing is sent that would pass the budget, and answers are bounded by what is left", async () => {
    const usage = { input_tokens: 100, output_tokens: 100 };
    const answers = forever.map((answer) => ({ ...answer, usage }));
    const ended = await bench.run(
      { agent, config: { budget: { tokens: 1_000, model_calls: 100, tool_calls: 100 } } },
      answers,
    );
    expect(failureOf(ended)).toMatchObject({ code: "E_AGENT_BUDGET", details: { key: "tokens" } });
    expect(ended.model.requests.length).toBeLessThanOrEqual(5);
    for (const [at, request] of ended.model.requests.entries())
      expect(request.maxOutputTokens).toBeLessThanOrEqual(1_000 - 200 * at);
  });

  it("money: the answer that spends the last of it is the last", async () => {
    const price = { input_per_million: 1, output_per_million: 1 };
    const played = scriptedModel(forever);
    const costly = {
      ...played,
      answer: async (...given: Parameters<typeof played.answer>) => {
        const answer = await played.answer(...given);
        return { ...answer, usage: { ...answer.usage, costUsd: 1 } };
      },
    };
    const trial = {
      agent: { ...agent, model: "openai/costly", price, budget: { usd: 2.5 } },
      models: { "openai/costly": costly },
    };
    const ended = await bench.run(trial, []);
    expect(failureOf(ended)).toMatchObject({ code: "E_AGENT_BUDGET", details: { key: "usd" } });
    expect(played.requests).toHaveLength(3);
  });

  it("time: a call that takes longer than is left is ended", async () => {
    const ended = await bench.run({ config: { budget: { time: "200ms" } } }, [{ text: "late", delay: "30s" }]);
    expect(failureOf(ended)).toMatchObject({ code: "E_AGENT_BUDGET", details: { key: "time" } });
  });

  it("a tool that hangs: it is told to be late, and the agent goes on", async () => {
    const slow = { class: "CommandStep", config: { command: ["sleep", "60"] }, timeout: "200ms", access: [] };
    const ended = await bench.run({ agent: { tools: { slow } } }, [toolCalls(["slow", {}]), "done"]);
    const [late] = toolResults(ended.model);
    for (const words of ["E_AGENT_TOOL", "it took longer than 200 ms"]) expect(late?.["error"]).toContain(words);
    expect(analysisOf(ended)["text"]).toBe("done");
  });

  it("other agents: what they use counts in the budget of the one that asks", async () => {
    const other = scriptedModel(["a", "b", "c", "d"]);
    const collaborative = {
      class: "EnhancedCollaborativeAgent",
      agents: { other: { class: "SimpleAgent", config: { model: "openai/other" } } },
      budget: { model_calls: 4 },
    };
    const asks = Array.from({ length: 9 }, (_, n) => toolCalls(["ask_other", { task: `task ${n}` }]));
    const ended = await bench.run({ agent: collaborative, models: { "openai/other": other } }, asks);
    expect(failureOf(ended)?.code).toBe("E_AGENT_BUDGET");
    expect(ended.model.requests.length + other.requests.length).toBe(4);
  });

  it("hostile answers: empty, cut off, refused, huge, deep: a typed failure or an answer that fits", async () => {
    const output_schema = {
      type: "object",
      properties: { a: { type: "integer" } },
      required: ["a"],
      additionalProperties: false,
    };
    const deep = `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    const answers = [
      "",
      " ",
      "{",
      '{"a":1',
      '{"a":1,"b":2}',
      '{"a":"1"}',
      "null",
      deep,
      "x".repeat(2_000_000),
      '{"__proto__":{"a":1}}',
    ];
    for (const text of answers) {
      const ended = await bench.run({ config: { output_schema } }, [text, text, text, { json: { a: 1 } }]);
      expect([text.slice(0, 20), failureOf(ended)?.code, ended.model.requests.length]).toEqual([
        text.slice(0, 20),
        "E_AGENT_OUTPUT",
        3,
      ]);
    }
    const refused = await bench.run({}, [{ text: "No.", finish: "refused" }]);
    expect(failureOf(refused)).toMatchObject({ code: "E_MODEL_REFUSED" });
    const cut = await bench.run({}, [{ text: "half an ans", finish: "length" }]);
    expect(analysisOf(cut)["notes"]).toEqual(["The answer was cut off at its longest length."]);
  });
});
