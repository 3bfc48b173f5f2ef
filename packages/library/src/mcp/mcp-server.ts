import type { Json, JsonObject, JsonSchema, StepContext } from "@nanobrain/engine";

/** A server of tools: a program of this machine, or an address. Written in a document, so that its list of servers is fixed. */
export type McpServerConfig = {
  /** Program, looked up in `PATH`; it speaks MCP over its standard input and output. */
  readonly command?: string;
  readonly args?: readonly string[];
  /** All the variables that the program gets, besides PATH, HOME and the language. Values may be secrets that the step has. */
  readonly env?: { readonly [name: string]: string };
  /** Folder it starts in, inside the project; default: a fresh empty one. */
  readonly cwd?: string;
  /** Address of a server that speaks streamable HTTP. */
  readonly url?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Hosts, or `host:port`, with private addresses that may be reached. */
  readonly allow_hosts?: readonly string[];
  /** Names of the tools that may be used; default: all it offers. */
  readonly allow?: readonly string[];
  /** Longest wait for the server to begin, and for its list of tools. Default 30 s. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for the answer to a call. Default 60 s. */
  readonly callTimeoutMs?: number;
  /** Largest answer of a tool, and largest list of tools, as text. Default 1 MiB. */
  readonly maxBytes?: number;
};

/** What a server says of a tool. Its words are data of somebody else. `input`: a JSON Schema of type object. */
export type McpTool = {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** What it says of itself, which nobody has to believe. */
  readonly readOnly: boolean;
  readonly destructive: boolean;
};

/** A connection. Calls may be made at the same time. Once `close` has resolved nothing of the server runs on. */
export interface McpServer {
  /** As the server names itself. */
  readonly name: string;
  readonly tools: readonly McpTool[];
  /**
   * The tool's answer: its structured content, or else its text, or a list of its parts. Fails with E_MCP_TOOL (the tool said it
   * failed), E_MCP_LOST (the server has ended), E_TIMEOUT, E_MCP_SIZE, E_CANCELLED.
   */
  call(name: string, input: JsonObject, signal?: AbortSignal): Promise<Json>;
  close(): Promise<void>;
}

/** What a connection takes of a step's surroundings. */
export type McpAround = Pick<StepContext, "signal" | "http" | "folders" | "secrets" | "freshFolder" | "log">;
