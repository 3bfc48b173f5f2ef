import type { JsonObject } from "@nanobrain/engine";
import { afterEach, describe, expect, it } from "vitest";
import { openAgentBench } from "../testing/agent-bench.js";

const bench = openAgentBench();
afterEach(() => bench.close());

async function faults(agent: JsonObject, config: JsonObject = {}): Promise<readonly string[]> {
  const diagnostics = await bench.diagnostics({ agent, config, files: { "there.yml": "- text: Hello.\n" } });
  return diagnostics.map(({ code, path }) => `${code} ${path.replace("steps.think.config.", "")}`);
}

const tool = (name: string, given: JsonObject): JsonObject => ({ tools: { [name]: given } });

describe("files of an agent that are not there", () => {
  it.each([
    ["a workflow that is a tool", tool("w", { class: "Workflow", config: "none.yml" }), "tools.w.config"],
    ["the config of a tool", tool("t", { class: "TransformStep", config: "none.yml" }), "tools.t.config"],
    ["the module of a tool", tool("m", { class: "./none.ts#Tool" }), "tools.m.class"],
    [
      "a template of a tool",
      tool("t", { class: "TemplateStep", config: { template_file: "none.md" } }),
      "tools.t.config.template_file",
    ],
    [
      "the schema of a tool",
      tool("v", { class: "ValidateStep", config: { schema: "none.json" } }),
      "tools.v.config.schema",
    ],
    ["the script of its model", { model: "scripted/none.yml" }, "model"],
    [
      "the script of an endpoint",
      { endpoints: [{ model: "scripted/there.yml" }, { model: "scripted/none.yml" }] },
      "endpoints[1].model",
    ],
  ])("%s: one fault, when the document is loaded", async (_what, agent, path) => {
    expect(await faults(agent as JsonObject)).toEqual([`E_FILE_MISSING agent.config.${path}`]);
  });

  it("of the step: the schema of the answer, and the agent's config", async () => {
    expect(await faults({}, { output_schema: "none.json" })).toEqual(["E_FILE_MISSING output_schema"]);
    expect(await faults({}, { agent: { class: "SimpleAgent", config: "none.yml" } })).toEqual([
      "E_FILE_MISSING agent.config",
    ]);
  });

  it("of another agent: the script of its model", async () => {
    const critic = { class: "SimpleAgent", config: { model: "scripted/none.yml" } };
    const agent = { class: "EnhancedCollaborativeAgent", agents: { critic } };
    expect(await faults(agent)).toEqual(["E_FILE_MISSING agent.config.agents.critic.config.model"]);
  });

  it("that are there: none", async () => {
    expect(await faults({ model: "scripted/there.yml" })).toEqual([]);
  });
});
