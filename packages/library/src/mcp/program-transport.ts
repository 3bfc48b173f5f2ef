import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { startTalkingProgram, type TalkingProgram } from "@nanobrain/engine/steps";
import type { McpAround, McpServerConfig } from "./mcp-server.js";
import { MessageLines } from "./message-lines.js";

/** How long the program may take to end after SIGTERM. */
const graceMs = 2_000;

/**
 * A program that speaks MCP over its standard input and output: one message a line. It gets only the variables that are declared, leads a
 * process group of its own, and does not outlive the connection.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  /** Why nothing more will come; empty: it may. */
  lost = "";
  readonly #config: McpServerConfig;
  readonly #around: McpAround;
  readonly #lines: MessageLines;
  #program: TalkingProgram | undefined;

  constructor(config: McpServerConfig, around: McpAround, maxBytes: number) {
    this.#config = config;
    this.#around = around;
    this.#lines = new MessageLines(maxBytes, {
      message: (message) => this.onmessage?.(message),
      noise: (line) => around.log("debug", `not MCP: ${line}`),
      tooLong: () => this.#lose("a message is too large"),
    });
  }

  async start(): Promise<void> {
    const { command = "", args = [], env = {}, cwd } = this.#config;
    const onErrorLine = (line: string): void => this.#around.log("info", line);
    const onOutput = (chunk: Buffer): void => this.#lines.take(chunk);
    this.#program = await startTalkingProgram(
      { command, args, env, cwd, graceMs, onOutput, onErrorLine },
      this.#around,
    );
    void this.#program.ended.then((how) => this.#lose(`it ${how}`));
  }

  #lose(why: string): void {
    if (this.lost !== "") return;
    this.lost = why;
    this.onclose?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.lost === "") await this.#program?.write(`${JSON.stringify(message)}\n`);
  }

  async close(): Promise<void> {
    await this.#program?.end();
    this.#lose("it was closed");
  }
}
