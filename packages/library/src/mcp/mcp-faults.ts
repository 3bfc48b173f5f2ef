import { NanobrainError, nanobrainError } from "@nanobrain/engine";
import type { McpServerConfig } from "./mcp-server.js";

export type McpTrouble = {
  readonly config: McpServerConfig;
  /** What was under way. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Why the server is gone; empty: it is not. */
  readonly lost: string;
  readonly isConnecting: boolean;
  readonly signal?: AbortSignal;
};

/** Numbers of the protocol's errors. */
const requestTimeout = -32001;
const connectionClosed = -32000;

/** What is called when a server is spoken of. */
export function serverName({ command, args = [], url }: McpServerConfig): string {
  return url ?? [command, ...args].join(" ").slice(0, 200);
}

/** What went wrong between a server and us, as a failure that says whether it helps to try again. */
export function mcpFault(error: unknown, trouble: McpTrouble): Error {
  const { config, what, timeoutMs, lost, isConnecting, signal } = trouble;
  if (error instanceof NanobrainError) return error;
  if (signal?.aborted === true && signal.reason instanceof Error) return signal.reason;
  const inner = innerFault(error);
  if (inner !== undefined) return inner;
  const server = serverName(config);
  const { code, message = String(error) } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  if (lost !== "") return nanobrainError("E_MCP_LOST", { server, what: lost }, { cause: error });
  if (code === requestTimeout) return nanobrainError("E_MCP_TIMEOUT", { server, what, timeoutMs }, { cause: error });
  if (code === connectionClosed) return nanobrainError("E_MCP_LOST", { server, what: message }, { cause: error });
  if (isConnecting) return nanobrainError("E_MCP_CONNECT", { server, what: message }, { cause: error });
  return nanobrainError("E_MCP_TOOL", { server, tool: what.replace(/^tool /, ""), what: message }, { cause: error });
}

/** A failure of the step's own network, which the protocol's library has wrapped. */
function innerFault(error: unknown): Error | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++)
    if (at instanceof NanobrainError) return at;
  return undefined;
}
