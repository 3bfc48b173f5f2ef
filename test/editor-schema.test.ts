import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { documentSchema } from "../packages/engine/src/authoring.js";
import { createRuntime } from "../packages/engine/src/index.js";
import { pack } from "../packages/library/src/pack.js";

let check: ValidateFunction;
let text: string;
beforeAll(async () => {
  await using runtime = await createRuntime({ packs: [pack] });
  const schema = await documentSchema(runtime.registry);
  text = JSON.stringify(schema);
  check = new Ajv2020({ strict: false, allErrors: true, logger: false }).compile(schema as object);
});

const step = (config: string): string =>
  `name: x\nsteps: { a: { class: AgentStep, config: { prompt: Hi., ${config} } } }`;

describe("schema for editors", () => {
  it.each([
    ["an agent in place", step("agent: { class: SimpleAgent, config: { model: ollama/llama3.2 } }"), true],
    ["an agent whose config is a file", step("agent: { class: SimpleAgent, config: agent.yml }"), true],
    ["a class that is none", step("agent: { class: SimpelAgent }"), false],
    ["a step in an agent's place", step("agent: { class: HttpStep }"), false],
    ["an unknown key of an agent", step("agent: { class: SimpleAgent, config: { modell: x } }"), false],
    ["a key that another class of agents has", step("agent: { class: SimpleAgent, config: { persona: x } }"), false],
    ["the same where it belongs", step("agent: { class: ConversationalAgent, config: { persona: x } }"), true],
    [
      "a step as a tool",
      step("agent: { class: SimpleAgent }, tools: { t: { class: HttpStep, config: { url: x } } }"),
      true,
    ],
    [
      "a tool with a misspelt config",
      step("agent: { class: SimpleAgent }, tools: { t: { class: HttpStep, config: { urll: x } } }"),
      false,
    ],
    [
      "a workflow as a tool",
      step("agent: { class: SimpleAgent }, tools: { t: { class: Workflow, config: w.yml, side_effect: read } }"),
      true,
    ],
    ["a module's class as a tool", step("agent: { class: SimpleAgent }, tools: { t: { class: './t.ts#T' } }"), true],
    [
      "an agent as a tool",
      step("agent: { class: SimpleAgent, config: { tools: { t: { class: SimpleAgent, config: {} } } } }"),
      true,
    ],
    [
      "another agent",
      step("agent: { class: EnhancedCollaborativeAgent, config: { agents: { b: { class: SimpleAgent } } } }"),
      true,
    ],
    [
      "another agent that is none",
      step("agent: { class: EnhancedCollaborativeAgent, config: { agents: { b: { class: HttpStep } } } }"),
      false,
    ],
    ["a budget of the run", "name: x\nbudget: { model_calls: 3, time: 2m }\nsteps: {}", true],
    ["a budget with an unknown key", "name: x\nbudget: { calls: 3 }\nsteps: {}", false],
  ])("%s", (_what, document, isTaken) => {
    expect([check(parse(document)), isTaken ? check.errors : null]).toEqual([isTaken, null]);
  });

  it("offers names of models", () => {
    for (const name of ["openai/gpt-5-mini", "local/extractive"]) expect(text).toContain(name);
  });
});
