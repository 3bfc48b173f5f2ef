import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentBench, openAgentBench, toolCalls, toolResults } from "../testing/agent-bench.js";

let bench: AgentBench;
beforeEach(() => {
  bench = openAgentBench();
});
afterEach(() => bench.close());

/** A server as small as one can be: it says which of its variables it got, and how to greet. */
const server = `import { createInterface } from "node:readline";
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
const text = (value) => ({ content: [{ type: "text", text: value }] });
const input = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const tools = [
  { name: "greet", description: "Greets", inputSchema: input },
  { name: "variables", description: "Says variables", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
  { name: "drop", description: "Drops all", inputSchema: { type: "object" }, annotations: { destructiveHint: true } },
];
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } });
  if (method === "tools/list") say(id, { tools });
  if (method !== "tools/call") return;
  if (params.name === "greet") say(id, text("Hello " + params.arguments.name));
  if (params.name === "variables") say(id, text(Object.keys(process.env).filter((name) => /^(MODEL|OWN|OPENAI)/.test(name)).join(" ")));
});
`;

const mcp = [{ command: "node", args: ["server.mjs"], cwd: ".", env: { OWN: "${secret:OWN}" }, access: ["private"] }];
const secrets = { OWN: "own-token-1234567890", MODEL_KEY: "model-key-1234567890" };
const trial = { agent: { api_key: "${secret:MODEL_KEY}", mcp }, files: { "server.mjs": server }, secrets };

describe("agent with a server of tools", () => {
  it("its tools are the agent's, their input is checked, and it gets declared variables only", async () => {
    const calls = toolCalls(["greet", { name: "Ann" }], ["greet", {}], ["variables", {}]);
    const ended = await bench.run(trial, [calls, "done"]);
    expect(ended.model.requests[0]?.tools?.map((tool) => tool.name)).toEqual(["greet", "variables", "drop"]);
    expect(toolResults(ended.model)).toEqual([
      { result: "Hello Ann" },
      { error: expect.stringContaining("does not fit") as string },
      { result: "OWN" },
    ]);
  });

  it("a tool that says it destroys waits for a yes", async () => {
    const { handle } = await bench.start(trial, [toolCalls(["drop", {}]), "done"]);
    expect((await handle.result()).status).toBe("waiting");
    await handle.answer("think", "no", "ann");
    expect((await handle.result()).status).toBe("completed");
  });

  it("a program that nobody knows may read and send: it must be said", async () => {
    const found = await bench.diagnostics({ agent: { mcp: [{ command: "node", args: ["server.mjs"] }] } });
    expect(found.map(({ code }) => code)).toEqual(["E_AGENT_EXFILTRATION"]);
  });
});
