import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McpServer as SdkServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createRuntime, defineStep, type Json, NanobrainError, type StepContext } from "@nanobrain/engine";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { McpServer, McpServerConfig } from "./mcp-server.js";
import { openMcpServer } from "./open-mcp-server.js";

const base = mkdtempSync(join(tmpdir(), "nanobrain-mcp-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A server as small as one can be; its tools misbehave by name. */
writeFileSync(
  join(base, "server.mjs"),
  `import { createInterface } from "node:readline";
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
const text = (value) => ({ content: [{ type: "text", text: value }] });
const tool = (name, more = {}) => ({ name, description: name + " it", inputSchema: { type: "object" }, ...more });
const tools = ["echo", "env", "where", "fail", "die", "hang", "flood", "shape", "parts"].map((name) => tool(name));
tools.push(tool("drop", { annotations: { destructiveHint: true } }), tool("look", { annotations: { readOnlyHint: true } }));
console.log("hello, I am no JSON");
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize") return say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "tiny", version: "1" } });
  if (method === "tools/list") return params.cursor ? say(id, { tools: tools.slice(3) }) : say(id, { tools: tools.slice(0, 3), nextCursor: "3" });
  if (method !== "tools/call") return;
  const { name, arguments: given } = params;
  if (name === "echo") say(id, text(JSON.stringify(given)));
  if (name === "env") say(id, text(Object.keys(process.env).sort().join(" ")));
  if (name === "where") say(id, text(process.cwd()));
  if (name === "fail") say(id, { ...text("no such row"), isError: true });
  if (name === "die") process.exit(7);
  if (name === "flood") say(id, text("x".repeat(5_000_000)));
  if (name === "shape") say(id, { ...text("{}"), structuredContent: { rows: [1, 2] } });
  if (name === "parts") say(id, { content: [{ type: "text", text: "see" }, { type: "image", data: "AAAA", mimeType: "image/png" }] });
});
if (process.argv.includes("--deaf")) process.on("SIGTERM", () => undefined), setInterval(() => undefined, 1000), process.stdin.on("end", () => undefined);
`,
);

const tiny: McpServerConfig = { command: "node", args: [join(base, "server.mjs")] };

/** What code of a step gives that talks to a server. */
async function inStep(run: (context: StepContext) => Promise<Json>): Promise<Json> {
  const step = defineStep({ class: "Talk", version: "1", run: async (context) => ({ out: await run(context) }) });
  const file = join(base, "talk.yml");
  writeFileSync(
    file,
    "name: talk\nsteps: { t: { class: Talk } }\noutput_data_units: { out: { class: DataUnitMemory } }\nlinks: { o: { class: DirectLink, config: { source: t.out, target: out } } }\n",
  );
  await using runtime = await createRuntime({ steps: [step] });
  const result = await (await runtime.start(await runtime.load(file), {})).result();
  const failure = result.failures[0]?.failure;
  return failure === undefined ? (result.outputs["out"] ?? null) : { code: failure.code, message: failure.message };
}

const using = (config: McpServerConfig, use: (server: McpServer) => Promise<Json>): Promise<Json> =>
  inStep(async (context) => {
    const server = await openMcpServer(config, context);
    try {
      return await use(server);
    } finally {
      await server.close();
    }
  });

const codeOf = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call;
    return "none";
  } catch (error) {
    return error instanceof NanobrainError ? error.code : String(error);
  }
};

describe("MCP servers that are programs", () => {
  it("tools of all pages, with what they say of themselves, and their answers by kind", async () => {
    const found = await using(tiny, async (server) => [
      server.name,
      server.tools.length,
      server.tools.filter((tool) => tool.destructive || tool.readOnly).map(({ name }) => name),
      await server.call("echo", { a: 1 }),
      await server.call("shape", {}),
      await server.call("parts", {}),
    ]);
    const parts = [
      { type: "text", text: "see" },
      { type: "image", data: "AAAA", mimeType: "image/png" },
    ];
    expect(found).toEqual(["tiny", 11, ["drop", "look"], '{"a":1}', { rows: [1, 2] }, parts]);
  });

  it("it gets the declared variables and few others, and a fresh folder", async () => {
    const found = await using({ ...tiny, env: { TOKEN: "t" } }, async (server) => [
      await server.call("env", {}),
      await server.call("where", {}),
    ]);
    const [names, folder] = found as [string, string];
    const allowed = /^(PATH|HOME|LANG|LC_ALL|LC_CTYPE|TZ|TMPDIR|TOKEN|NANOBRAIN_\w+)$/;
    expect(names.split(" ").filter((name) => !allowed.test(name))).toEqual([]);
    expect([names.includes("TOKEN"), folder.includes("scratch")]).toEqual([true, true]);
  });

  it("allow: other tools are not there; one that it lacks is a fault that says what there is", async () => {
    const one = await using({ ...tiny, allow: ["echo"] }, async (server) => [
      server.tools.map(({ name }) => name),
      await codeOf(server.call("env", {})),
    ]);
    expect(one).toEqual([["echo"], "E_MCP_TOOL"]);
    expect(await using({ ...tiny, allow: ["sing"] }, async () => null)).toMatchObject({
      code: "E_MCP_CONNECT",
      message: expect.stringContaining("no tool sing"),
    });
  });

  it("a tool that fails, is slow, says too much, or takes the server with it: typed failures", async () => {
    const config = { ...tiny, callTimeoutMs: 300, maxBytes: 100_000 };
    const codes = await using(config, async (server) => [
      await codeOf(server.call("fail", {})),
      await codeOf(server.call("hang", {})),
      await codeOf(server.call("echo", {})),
      await codeOf(server.call("die", {})),
      await codeOf(server.call("echo", {})),
    ]);
    expect(codes).toEqual(["E_MCP_TOOL", "E_MCP_TIMEOUT", "none", "E_MCP_LOST", "E_MCP_LOST"]);
    expect(await using(config, (server) => server.call("flood", {}))).toMatchObject({ code: "E_MCP_LOST" });
    const middling = { ...tiny, maxBytes: 3_000_000 };
    expect(await using(middling, (server) => server.call("flood", {}))).toMatchObject({ code: "E_MCP_SIZE" });
  });

  it("a program that is not there, ends at once, or never speaks: each says so", async () => {
    const open = (config: McpServerConfig): Promise<Json> => using(config, async () => null);
    expect(await open({ command: "no-such-program-here" })).toMatchObject({ code: "E_PROGRAM_MISSING" });
    expect(await open({ command: "node", args: ["-e", "process.exit(3)"] })).toMatchObject({
      code: "E_MCP_LOST",
      message: expect.stringContaining("exit code 3"),
    });
    const mute = { command: "node", args: ["-e", "setInterval(() => 0, 1000)"], connectTimeoutMs: 500 };
    expect(await open(mute)).toMatchObject({ code: "E_MCP_TIMEOUT" });
    expect(await open({})).toMatchObject({ code: "E_MCP_CONNECT" });
  });

  it("closed: nothing of it runs on, deaf or not", async () => {
    const pids: number[] = [];
    await using({ ...tiny, args: [...(tiny.args ?? []), "--deaf"] }, async (server) => {
      const { execFileSync } = await import("node:child_process");
      const found = execFileSync("pgrep", ["-f", join(base, "server.mjs")], { encoding: "utf8" })
        .trim()
        .split("\n");
      pids.push(...found.map(Number));
      return server.call("echo", {});
    });
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function listening(): Promise<{ readonly server: Server; readonly url: string; readonly host: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const mcp = new SdkServer({ name: "remote", version: "1" });
      mcp.registerTool("add", { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
        content: [{ type: "text", text: `${a + b} for ${String(request.headers["authorization"])}` }],
      }));
      const transport = new StreamableHTTPServerTransport({});
      void mcp
        .connect(transport as Parameters<SdkServer["connect"]>[0])
        .then(() => transport.handleRequest(request, response, JSON.parse(Buffer.concat(chunks).toString() || "null")));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/mcp`, host: `127.0.0.1:${port}` };
}

describe("MCP servers at an address", () => {
  it("tools are listed and called, with the headers that are declared", async () => {
    const { server, url, host } = await listening();
    const config = { url, allow_hosts: [host], headers: { authorization: "Bearer t" } };
    expect(await using(config, (remote) => remote.call("add", { a: 1, b: 2 }))).toBe("3 for Bearer t");
    server.close();
  });

  it("a private address that is not listed is not reached; one where nobody is says so", async () => {
    const { server, url, host } = await listening();
    expect(await using({ url }, async () => null)).toMatchObject({ code: "E_HTTP_ADDRESS" });
    server.close();
    server.closeAllConnections();
    expect(await using({ url, allow_hosts: [host] }, async () => null)).toMatchObject({ code: "E_HTTP_NETWORK" });
  });
});
