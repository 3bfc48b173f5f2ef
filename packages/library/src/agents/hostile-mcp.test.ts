import type { JsonObject } from "@nanobrain/engine";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentBench, analysisOf, openAgentBench, toolCalls, toolResults } from "../testing/agent-bench.js";

let bench: AgentBench;
beforeEach(() => {
  bench = openAgentBench();
});
afterEach(() => bench.close());

/** A server whose tools misbehave. What it forks is deaf to a polite end. */
const server = `import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
const say = (id, result) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, result }) + "\\n");
const tools = ["fork", "flood", "hang"].map((name) => ({ name, description: name, inputSchema: { type: "object" } }));
const deaf = "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)";
process.on("SIGTERM", () => 0);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "t", version: "1" } });
  if (method === "tools/list") say(id, { tools });
  if (method !== "tools/call") return;
  if (params.name === "fork") {
    const children = [1, 2, 3].map(() => spawn(process.execPath, ["-e", deaf], { stdio: "ignore" }).pid);
    say(id, { content: [{ type: "text", text: children.join(" ") }] });
  }
  if (params.name === "flood") {
    const piece = "x".repeat(1 << 20);
    let left = 1024;
    const more = () => { while (left-- > 0) if (!process.stdout.write(piece)) return process.stdout.once("drain", more); };
    more();
  }
});
`;

const agent = { mcp: [{ command: "node", args: ["server.mjs"], cwd: ".", access: ["private"], timeout: "2s" }] };
const trial = { agent: agent as JsonObject, files: { "server.mjs": server } };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a server of tools that misbehaves", () => {
  it("forks programs that do not want to end: none outlives the attempt", async () => {
    const ended = await bench.run(trial, [toolCalls(["fork", {}]), "done"]);
    const [told] = toolResults(ended.model);
    const pids = String(told?.["result"]).split(" ").map(Number);
    expect([ended.status, pids.length, pids.every((pid) => pid > 0)]).toEqual(["completed", 3, true]);
    for (const pid of pids) await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });

  it("a gigabyte instead of an answer, or nothing: the model is told, what is kept is bounded, and the agent goes on", async () => {
    const before = process.memoryUsage().rss;
    const ended = await bench.run(trial, [toolCalls(["hang", {}]), toolCalls(["flood", {}]), "done"]);
    expect([ended.status, analysisOf(ended)["text"]]).toEqual(["completed", "done"]);
    const errors = toolResults(ended.model).map((one) => String(one["error"]));
    expect(errors).toEqual([
      expect.stringContaining("E_MCP_TIMEOUT"),
      expect.stringMatching(/E_MCP_(SIZE|LOST|TIMEOUT)/),
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });
});
