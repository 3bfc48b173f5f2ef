import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  endpointsOf,
  isPriced,
  type ModelConfig,
  modelConfig,
  modelNameOf,
  modelProblems,
  modelSecrets,
} from "./model-config.js";
import { readModelName } from "./model-name.js";
import { openModel } from "./open-model.js";

const price = { input_per_million: 1, output_per_million: 2 };

describe("model names", () => {
  it.each([
    ["openai/gpt-5-mini", { provider: "openai", model: "gpt-5-mini" }],
    ["openrouter/meta/llama-3:free", { provider: "openrouter", model: "meta/llama-3:free" }],
    ["gpt-5-mini", { provider: "openai", model: "gpt-5-mini" }],
    ["o4-mini", { provider: "openai", model: "o4-mini" }],
    ["claude-sonnet-4-5", { provider: "anthropic", model: "claude-sonnet-4-5" }],
    ["llama3", undefined],
    ["/x", undefined],
    ["openai/", undefined],
    ["", undefined],
  ])("%s", (name, parts) => {
    expect(readModelName(name)).toEqual(parts);
  });

  it("none: the environment's, else the local one", () => {
    vi.stubEnv("NANOBRAIN_MODEL", "");
    expect(modelNameOf({})).toBe("local/extractive");
    vi.stubEnv("NANOBRAIN_MODEL", "ollama/llama3.2");
    expect(modelNameOf({})).toBe("ollama/llama3.2");
    expect(openModel({}).name).toBe("ollama/llama3.2");
    expect(modelNameOf({ model: "openai/x" })).toBe("openai/x");
  });
});

describe("model configs", () => {
  it("schema: it takes what it knows, and nothing else", () => {
    const schema = modelConfig(z);
    const config = {
      model: "openai/x",
      api_key: "k",
      temperature: 0.2,
      idle_timeout: "5s",
      max_answer: "2MB",
      balance: "adaptive",
      endpoints: [{ base_url: "http://127.0.0.1:1/v1", weight: 2, max_concurrency: 4, price }],
    };
    expect(schema.parse(config)).toEqual(config);
    for (const bad of [
      { modle: "x" },
      { temperature: 3 },
      { balance: "random" },
      { endpoints: [] },
      { idle_timeout: "soon" },
    ])
      expect(schema.safeParse(bad).success).toBe(false);
  });

  type Case = readonly [config: ModelConfig, words: string | undefined, path?: (string | number)[]];
  const cases: readonly Case[] = [
    [{ model: "openai/x" }, undefined],
    [{ model: "local/extractive" }, undefined],
    [{ model: "scripted/a.yml" }, undefined],
    [{ model: "mine/x", base_url: "http://127.0.0.1:1/v1" }, undefined],
    [{ model: "llama" }, "names no model", ["model"]],
    [{ model: "local/gpt" }, "is no local model", ["model"]],
    [{ model: "mine/x" }, "Nobody knows the provider", ["model"]],
    [{ model: "compatible/x" }, "needs the address", ["model"]],
    [{ model: "openai/x", endpoints: [{}, { model: "y" }] }, "names no model", ["endpoints", 1, "model"]],
  ];

  it.each(cases.map(([config, words, path]) => ({ config, words, path })))("$config: $words", (one) => {
    const { config, words, path } = one;
    const problems = modelProblems(config);
    if (words === undefined) expect(problems).toEqual([]);
    else
      expect(problems).toEqual([
        expect.objectContaining({ code: "E_MODEL_NAME", path, message: expect.stringContaining(words) }),
      ]);
  });

  it("secrets: the usual ones of the providers that are named, where no key is given", () => {
    expect(modelSecrets({ model: "openai/x" })).toEqual(["OPENAI_API_KEY"]);
    expect(modelSecrets({ model: "openai/x", api_key: "k" })).toEqual([]);
    expect(modelSecrets({ model: "ollama/x" })).toEqual([]);
    expect(modelSecrets({ model: "openai/x", base_url: "http://127.0.0.1:1/v1" })).toEqual([]);
    expect(modelSecrets({ endpoints: [{ model: "claude-x" }, { model: "openai/x" }, { model: "openai/y" }] })).toEqual([
      "ANTHROPIC_API_KEY",
      "OPENAI_API_KEY",
    ]);
  });

  it("endpoints: they take from beside the list, but no key goes to another service", () => {
    const common = { model: "openai/x", api_key: "k", headers: { "x-team": "t" }, price, seed: 1 };
    const endpoints = [{}, { model: "openai/y" }, { model: "claude-z" }, { base_url: "http://127.0.0.1:1/v1" }];
    expect(endpointsOf({ ...common, endpoints })).toEqual([
      common,
      { model: "openai/y", api_key: "k", headers: { "x-team": "t" }, seed: 1 },
      { model: "claude-z", seed: 1 },
      { model: "openai/x", base_url: "http://127.0.0.1:1/v1", price, seed: 1 },
    ]);
  });

  it("prices: known for all endpoints, or not known", () => {
    expect(isPriced({ model: "openai/x" })).toBe(false);
    expect(isPriced({ model: "openai/x", price })).toBe(true);
    expect(isPriced({ model: "local/extractive" })).toBe(true);
    expect(isPriced({ endpoints: [{ model: "ollama/x" }, { model: "openai/x" }] })).toBe(false);
  });
});
