import { NanobrainError, nanobrainError } from "@nanobrain/engine";
import type { ModelRequest } from "../models/model.js";
import type { ModelConfig } from "../models/model-config.js";
import { openModel } from "../models/open-model.js";
import { type FakeModelServer, type FakeReply, startFakeModelServer } from "./fake-model-server.js";
import { modelBench } from "./model-surroundings.js";

export const hello: ModelRequest = { messages: [{ role: "user", text: "Say hello." }] };
export const key = "sk-test-4711-abcdefgh";

/** In whose words, and streamed or not. */
export const ways = [
  { dialect: "openai", streaming: true },
  { dialect: "openai", streaming: false },
  { dialect: "anthropic", streaming: true },
  { dialect: "anthropic", streaming: false },
] as const;

export type Way = (typeof ways)[number];

/** Servers of a test file; `close` ends those that are open. */
export function modelServers() {
  const servers: FakeModelServer[] = [];
  return {
    async serve(...replies: (FakeReply | string)[]): Promise<FakeModelServer> {
      const server = await startFakeModelServer(replies);
      servers.push(server);
      return server;
    },
    async close(): Promise<void> {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    },
  };
}

export function configOf(server: FakeModelServer, { dialect, streaming }: Way, more: ModelConfig = {}): ModelConfig {
  const model = dialect === "openai" ? "compatible/fake-1" : "anthropic/fake-1";
  return { model, base_url: server.baseUrl, api_key: key, streaming, ...more };
}

/** The failure of one call. The key must not stand in it. */
export async function failureOf(config: ModelConfig): Promise<NanobrainError> {
  const outcome: unknown = await openModel(config)
    .answer(hello, modelBench())
    .catch((error: unknown) => error);
  if (!(outcome instanceof NanobrainError))
    throw nanobrainError("E_INTERNAL", { what: `no failure: ${JSON.stringify(outcome)} ${String(outcome)}` });
  const said = JSON.stringify([outcome.message, outcome.hint, outcome.details]);
  if (said.includes(key)) throw nanobrainError("E_INTERNAL", { what: `the key stands in ${said}` });
  return outcome;
}
