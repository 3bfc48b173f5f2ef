import { StringDecoder } from "node:string_decoder";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { JsonObject } from "@nanobrain/engine";

export type MessageListener = {
  message(message: JSONRPCMessage): void;
  /** A line that is no message. */
  noise(line: string): void;
  tooLong(): void;
};

const shownLength = 200;

/** Messages out of a stream, one a line. A line that is longer than allowed ends the reading. */
export class MessageLines {
  readonly #maxLength: number;
  readonly #listener: MessageListener;
  readonly #decoder = new StringDecoder("utf8");
  #rest: string[] = [];
  #length = 0;
  #isOver = false;

  constructor(maxLength: number, listener: MessageListener) {
    this.#maxLength = maxLength;
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    if (this.#isOver) return;
    const lines = this.#decoder.write(chunk).split("\n");
    const last = lines.pop() ?? "";
    for (const line of lines) {
      this.#add(line);
      this.#end();
    }
    this.#add(last);
  }

  #add(part: string): void {
    this.#length += part.length;
    if (this.#length <= this.#maxLength) this.#rest.push(part);
    else if (!this.#isOver) {
      this.#isOver = true;
      this.#rest = [];
      this.#listener.tooLong();
    }
  }

  #end(): void {
    const line = this.#rest.join("").trim();
    this.#rest = [];
    this.#length = 0;
    if (line === "" || this.#isOver) return;
    const message = messageOf(line);
    if (message === undefined) this.#listener.noise(line.slice(0, shownLength));
    else this.#listener.message(message);
  }
}

/** Only its outside is looked at here: what is in it is checked by who reads it. */
function messageOf(line: string): JSONRPCMessage | undefined {
  try {
    const value = JSON.parse(line) as JsonObject;
    return typeof value === "object" && value !== null && value["jsonrpc"] === "2.0"
      ? (value as unknown as JSONRPCMessage)
      : undefined;
  } catch {
    return undefined;
  }
}
