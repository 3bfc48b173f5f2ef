import type { Json, JsonObject, JsonSchema, StepContext } from "@nanobrain/engine";
import { millisecondsOf } from "@nanobrain/engine/steps";
import type { McpServer } from "../../mcp/mcp-server.js";
import type { Tool, Tools } from "./tool.js";
import type { McpConfig, SideEffect } from "./tool-config.js";
import { secretsOf } from "./tool-context.js";

type Listed = {
  readonly name: string;
  readonly description: string;
  readonly input: Json;
  readonly destructive: boolean;
};

const longestDescription = 2_000;

/**
 * The tools of a server. What it offers is recorded, so that a later attempt offers the model the same; the server is started when one is
 * used, or listed the first time. That a tool only reads is not believed; that it destroys is.
 */
export async function mcpTools(config: McpConfig, name: string, prefix: string, context: StepContext): Promise<Tools> {
  let opening: Promise<McpServer> | undefined;
  const open = (): Promise<McpServer> => (opening ??= connected(config, context));
  try {
    const listed = await context.effect(
      `${name}tools`,
      async () => (await open()).tools.map(listedOf) as unknown as Json,
    );
    const list = (listed as unknown as readonly Listed[]).map((one) => toolOf(one, config, prefix, open));
    return { list, close: () => closed(opening) };
  } catch (error) {
    await closed(opening);
    throw error;
  }
}

async function connected(config: McpConfig, context: StepContext): Promise<McpServer> {
  const { openMcpServer } = await import("../../mcp/open-mcp-server.js");
  const { command, args, env, cwd, url, headers, allow_hosts, allow, timeout } = config;
  const given = { command, args, env, cwd, url, headers, allow_hosts, allow };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const secrets = secretsOf(context, known as Json);
  const { signal, http, folders } = context;
  return openMcpServer(
    { ...known, callTimeoutMs: millisecondsOf(timeout, 60_000) },
    {
      signal,
      http,
      folders,
      secrets,
      freshFolder: () => context.freshFolder(),
      log: (...line) => context.log(...line),
    },
  );
}

async function closed(opening: Promise<McpServer> | undefined): Promise<void> {
  const server = await opening?.catch(() => undefined);
  await server?.close();
}

function listedOf({ name, description, input, destructive }: Listed | McpServer["tools"][number]): Listed {
  return { name, description: description.slice(0, longestDescription), input: input as Json, destructive };
}

function toolOf(
  one: Listed,
  { side_effect, timeout }: McpConfig,
  prefix: string,
  open: () => Promise<McpServer>,
): Tool {
  const sideEffect: SideEffect = side_effect ?? (one.destructive ? "danger" : "write");
  return {
    declaration: {
      name: `${prefix}${one.name.replace(/[^A-Za-z0-9_-]/g, "_")}`.slice(0, 64),
      description: one.description,
      input: one.input as JsonSchema,
    },
    sideEffect,
    timeoutMs: millisecondsOf(timeout, 60_000) + 5_000,
    call: async (input: JsonObject, _name, signal) => (await open()).call(one.name, input, signal),
  };
}
