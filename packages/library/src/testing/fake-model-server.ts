import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "@nanobrain/engine";
import { type FakeDialect, type FakeWords, fakeEvents, fakeWhole } from "./fake-model-events.js";

/** How the server answers one call: with words, or with `status` and `body`; and what goes wrong meanwhile. */
export type FakeReply = FakeWords & {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** Instead of words. */
  readonly body?: string;
  /** Before the head is sent. */
  readonly delayMs?: number;
  /** Between two events. */
  readonly everyMs?: number;
  /** Nothing comes any more: before the head, or after so many events. */
  readonly hang?: "head" | number;
  /** After so many events the connection is cut. */
  readonly cutAfter?: number;
  /** After so many events the answer ends as if it were whole. */
  readonly endAfter?: number;
  /** The head says that more bytes come than do, and then the connection is cut. */
  readonly wrongLength?: boolean;
  /** The bytes come in pieces of this size, wherever that cuts characters. */
  readonly pieceBytes?: number;
  /** Bytes put in before the last event. */
  readonly spoiltBy?: Uint8Array;
};

/** One call as the server saw it. */
export type FakeCall = {
  /** 1-based. */
  readonly number: number;
  readonly path: string;
  readonly dialect: FakeDialect;
  readonly streamed: boolean;
  readonly headers: IncomingMessage["headers"];
  readonly body: JsonObject;
  /** When it came, epoch ms. */
  readonly atMs: number;
};

export type FakeModelServer = {
  /** For `base_url`: ends with `/v1`. */
  readonly baseUrl: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly calls: readonly FakeCall[];
  /** How many calls are under way. */
  readonly underWay: () => number;
  close(): Promise<void>;
};

/**
 * A server on a free port of 127.0.0.1 that answers as OpenAI's (`/v1/chat/completions`) and Anthropic's (`/v1/messages`) do, streamed or
 * not. The n-th call gets the n-th reply, later ones the last. Whoever starts it closes it.
 */
export async function startFakeModelServer(
  replies: readonly (FakeReply | string)[] | ((call: FakeCall) => FakeReply | string),
): Promise<FakeModelServer> {
  const calls: FakeCall[] = [];
  let underWay = 0;
  const server = createServer((request, response) => {
    underWay++;
    response.once("close", () => underWay--);
    void answered(
      request,
      response,
      (call) => {
        calls.push(call);
        const reply =
          typeof replies === "function" ? replies(call) : (replies[calls.length - 1] ?? replies.at(-1) ?? "");
        return typeof reply === "string" ? { text: reply } : reply;
      },
      calls,
    ).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `http://${host}/v1`,
    host,
    calls,
    underWay: () => underWay,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answered(
  request: IncomingMessage,
  response: ServerResponse,
  replyTo: (call: FakeCall) => FakeReply,
  calls: readonly FakeCall[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const path = request.url ?? "/";
  if (request.method === "GET") return listed(response);
  const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as JsonObject;
  const dialect = path.endsWith("/messages") ? "anthropic" : "openai";
  const streamed = body["stream"] === true;
  const { headers } = request;
  const call = { number: calls.length + 1, path, dialect, streamed, headers, body, atMs: Date.now() } as const;
  await send(response, call, replyTo(call));
}

function listed(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ object: "list", data: [{ id: "fake", object: "model" }] }));
}

async function send(response: ServerResponse, call: FakeCall, reply: FakeReply): Promise<void> {
  if (reply.delayMs !== undefined) await pause(reply.delayMs);
  if (reply.hang === "head") return;
  const events = eventsOf(call, reply);
  const bytes = Buffer.concat(events);
  const kind = reply.body === undefined && call.streamed ? "text/event-stream" : "application/json";
  response.writeHead(reply.status ?? 200, {
    "content-type": kind,
    ...(reply.wrongLength === true ? { "content-length": String(bytes.byteLength + 10) } : {}),
    ...reply.headers,
  });
  response.flushHeaders();
  if (reply.pieceBytes !== undefined) await sendPieces(response, bytes, reply.pieceBytes);
  else if (!(await sendEvents(response, events, reply))) return;
  if (reply.wrongLength === true) cut(response);
  else response.end();
}

function eventsOf(call: FakeCall, reply: FakeReply): readonly Buffer[] {
  if (reply.body !== undefined) return [Buffer.from(reply.body)];
  const model = typeof call.body["model"] === "string" ? call.body["model"] : "fake";
  if (!call.streamed) return [Buffer.from(JSON.stringify(fakeWhole(call.dialect, model, reply)))];
  const events = fakeEvents(call.dialect, model, reply).map((event) => Buffer.from(event));
  return reply.spoiltBy === undefined ? events : events.toSpliced(-1, 0, Buffer.from(reply.spoiltBy));
}

/** Whether the answer came to its end. */
async function sendEvents(response: ServerResponse, events: readonly Buffer[], reply: FakeReply): Promise<boolean> {
  for (const [at, event] of events.entries()) {
    if (reply.hang === at) return false;
    if (reply.endAfter === at) break;
    if (reply.cutAfter === at) {
      cut(response);
      return false;
    }
    if (reply.everyMs !== undefined) await pause(reply.everyMs);
    if (response.destroyed) return false;
    await written(response, event);
  }
  return true;
}

async function sendPieces(response: ServerResponse, bytes: Buffer, pieceBytes: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    await written(response, bytes.subarray(at, at + pieceBytes));
}

/** Resolves when the bytes are with the system, so that a cut comes after them. */
function written(response: ServerResponse, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.write(bytes, () => {
      resolve();
    });
  });
}

function cut(response: ServerResponse): void {
  response.socket?.destroy();
}
