import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { contentOf } from "./mcp-content.js";
import { mcpFault, serverName } from "./mcp-faults.js";
import type { McpAround, McpServer, McpServerConfig, McpTool } from "./mcp-server.js";

const maxTools = 1_000;
const mebibyte = 1024 * 1024;

/** The wire carries more than what is said. */
const wireBytes = (maxBytes: number): number => maxBytes * 2 + 65_536;

/** Begins with a server and takes its list of tools. Fails with E_MCP_CONNECT, E_MCP_TIMEOUT, E_PROGRAM_..., E_HTTP_... */
export async function openMcpServer(config: McpServerConfig, around: McpAround): Promise<McpServer> {
  const { connectTimeoutMs = 30_000, maxBytes = mebibyte } = config;
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const client = new Client({ name: "nanobrain", version: "1" }, { capabilities: {} });
  const link = await transportOf(config, around, wireBytes(maxBytes));
  const options = { timeout: connectTimeoutMs, signal: around.signal };
  try {
    await client.connect(link.transport, options);
    const tools = await toolsOf(client, config, maxBytes, options);
    return connection(client, config, around, { tools, ...link });
  } catch (error) {
    const trouble = { config, what: "its list of tools", timeoutMs: connectTimeoutMs, isConnecting: true };
    const fault = mcpFault(error, { ...trouble, lost: link.lost(), signal: around.signal });
    await client.close().catch(() => undefined);
    await link.transport.close().catch(() => undefined);
    throw fault;
  }
}

type Link = {
  readonly transport: Parameters<Client["connect"]>[0];
  /** Why the server is gone; empty: it is not. */
  lost(): string;
};

async function transportOf(config: McpServerConfig, around: McpAround, maxBytes: number): Promise<Link> {
  if (config.command !== undefined) {
    const { ProgramTransport } = await import("./program-transport.js");
    const transport = new ProgramTransport(config, around, maxBytes);
    return { transport, lost: () => transport.lost };
  }
  if (config.url === undefined)
    throw nanobrainError(
      "E_MCP_CONNECT",
      { server: "mcp", what: "a command or a url is expected" },
      { kind: "configuration" },
    );
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  const { guardedFetch } = await import("./guarded-fetch.js");
  const { headers = {}, callTimeoutMs = 60_000 } = config;
  const transport = new StreamableHTTPClientTransport(new URL(config.url), {
    fetch: guardedFetch(config, around, maxBytes, callTimeoutMs),
    requestInit: { headers: { ...headers } },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 100,
      maxReconnectionDelay: 100,
      reconnectionDelayGrowFactor: 1,
    },
  });
  return { transport: transport as Link["transport"], lost: () => "" };
}

/** Page after page; a server may not have us read for ever. */
async function toolsOf(
  client: Client,
  config: McpServerConfig,
  maxBytes: number,
  options: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<readonly McpTool[]> {
  const tools: McpTool[] = [];
  let cursor: string | undefined;
  let sizeBytes = 0;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, options);
    sizeBytes += Buffer.byteLength(JSON.stringify(page.tools));
    if (sizeBytes > maxBytes || tools.length + page.tools.length > maxTools)
      throw nanobrainError("E_MCP_SIZE", {
        server: serverName(config),
        what: "its list of tools",
        limitBytes: maxBytes,
      });
    for (const { name, description = "", inputSchema, annotations } of page.tools)
      tools.push({
        name,
        description,
        input: inputSchema as unknown as JsonObject,
        readOnly: annotations?.readOnlyHint === true,
        destructive: annotations?.destructiveHint === true,
      });
    cursor = page.nextCursor;
  } while (cursor !== undefined && cursor !== "");
  return config.allow === undefined ? tools : allowed(tools, config.allow, config);
}

function allowed(tools: readonly McpTool[], names: readonly string[], config: McpServerConfig): readonly McpTool[] {
  const missing = names.filter((name) => !tools.some((tool) => tool.name === name));
  if (missing.length > 0) {
    const what = `it has no tool ${missing.join(", ")} (tools: ${tools
      .map(({ name }) => name)
      .slice(0, 50)
      .join(", ")})`;
    throw nanobrainError("E_MCP_CONNECT", { server: serverName(config), what }, { kind: "configuration" });
  }
  return tools.filter(({ name }) => names.includes(name));
}

function connection(
  client: Client,
  config: McpServerConfig,
  around: McpAround,
  { tools, transport, lost }: Link & { readonly tools: readonly McpTool[] },
): McpServer {
  const { callTimeoutMs = 60_000, maxBytes = mebibyte } = config;
  return {
    name: client.getServerVersion()?.name ?? serverName(config),
    tools,
    call: async (name, input, signal) => {
      if (!tools.some((tool) => tool.name === name))
        throw nanobrainError(
          "E_MCP_TOOL",
          { server: serverName(config), tool: name, what: "it is not offered" },
          { kind: "configuration" },
        );
      const signals = signal === undefined ? around.signal : AbortSignal.any([around.signal, signal]);
      const options = { timeout: callTimeoutMs, maxTotalTimeout: callTimeoutMs, signal: signals };
      try {
        return await answered(client, config, maxBytes, { name, input }, options);
      } catch (error) {
        throw mcpFault(error, {
          config,
          what: `tool ${name}`,
          timeoutMs: callTimeoutMs,
          lost: lost(),
          isConnecting: false,
          signal: signals,
        });
      }
    },
    async close() {
      await client.close().catch(() => undefined);
      await transport.close();
    },
  };
}

async function answered(
  client: Client,
  config: McpServerConfig,
  maxBytes: number,
  { name, input }: { readonly name: string; readonly input: JsonObject },
  options: { readonly timeout: number; readonly maxTotalTimeout: number; readonly signal: AbortSignal },
): Promise<Json> {
  const result = await client.callTool({ name, arguments: { ...input } }, undefined, options);
  const { value, text } = contentOf(result);
  const server = serverName(config);
  if (Buffer.byteLength(text) > maxBytes)
    throw nanobrainError("E_MCP_SIZE", { server, what: `the answer of tool ${name}`, limitBytes: maxBytes });
  if (result.isError === true) throw nanobrainError("E_MCP_TOOL", { server, tool: name, what: text.slice(0, 2_000) });
  return value;
}
