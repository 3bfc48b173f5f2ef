import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, RunResult } from "@nanobrain/engine";
import { createTestRuntime, type RecordedHttp, recordHttp, type TestRuntime } from "@nanobrain/engine/testing";
import { afterEach, describe, expect, it } from "vitest";
import { pack } from "../pack.js";
import { type FakeModelServer, type FakeReply, startFakeModelServer } from "../testing/fake-model-server.js";

const key = "sk-run-0815-geheim-4711";
const open: { close(): Promise<void> }[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function serve(...replies: FakeReply[]): Promise<FakeModelServer> {
  const server = await startFakeModelServer(replies);
  open.push(server);
  return server;
}

const documentOf = (agent: JsonObject): string =>
  JSON.stringify({
    name: "ask",
    output_data_units: { text: { class: "DataUnitString" } },
    links: { out: { class: "DirectLink", config: { source: "answer.text", target: "text" } } },
    steps: {
      answer: {
        class: "AgentStep",
        config: { prompt: "Say hello.", agent: { class: "SimpleAgent", config: agent } },
        max_retries: 3,
      },
    },
  });

type Ended = { readonly result: RunResult; readonly runtime: TestRuntime; readonly tookMs: number };

async function run(
  agent: JsonObject,
  http?: RecordedHttp,
  files: { readonly [path: string]: string } = {},
): Promise<Ended> {
  const runtime = await createTestRuntime({
    packs: [pack],
    files: { "ask.yml": documentOf(agent), ...files },
    secrets: { MODEL_KEY: key },
    ...(http === undefined ? {} : { http }),
  });
  open.push(runtime);
  const beganMs = runtime.clock.now();
  const handle = await runtime.start(await runtime.load("ask.yml"), {});
  await runtime.clock.runUntilIdle();
  const result = await handle.result();
  return { result, runtime, tookMs: runtime.clock.now() - beganMs };
}

const agentOf = (server: Pick<FakeModelServer, "baseUrl">, more: JsonObject = {}): JsonObject => ({
  model: "compatible/fake-1",
  base_url: server.baseUrl,
  api_key: "${secret:MODEL_KEY}",
  ...more,
});

describe("models in runs", () => {
  it("429: the run waits as long as it is told, by its own clock, and asks once more", async () => {
    const server = await serve({ status: 429, body: "{}", headers: { "retry-after": "600" } }, { text: "Hello." });
    const { result, tookMs } = await run(agentOf(server));
    expect(result).toMatchObject({ status: "completed", outputs: { text: "Hello." } });
    expect(tookMs).toBeGreaterThanOrEqual(600_000);
    expect(server.calls).toHaveLength(2);
  });

  it("a cut stream: it is tried again, and the whole answer is taken", async () => {
    const server = await serve({ text: "Hello, all of you.", cutAfter: 3 }, { text: "Hello, all of you." });
    const { result } = await run(agentOf(server));
    expect(result).toMatchObject({ status: "completed", outputs: { text: "Hello, all of you." } });
    expect(server.calls).toHaveLength(2);
  });

  it.each([
    ["quota", { status: 402, body: "{}" }, "E_MODEL_QUOTA"],
    ["key", { status: 401, body: JSON.stringify({ error: { message: `Wrong key ${key}` } }) }, "E_MODEL_KEY"],
    [
      "context",
      { status: 400, body: JSON.stringify({ error: { message: "maximum context length is 10" } }) },
      "E_MODEL_CONTEXT",
    ],
  ])("%s: no second call, and the key stands nowhere", async (_, reply, code) => {
    const server = await serve(reply);
    const { result } = await run(agentOf(server));
    expect(result.status).toBe("failed");
    expect(result.failures[0]?.failure.code).toBe(code);
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(JSON.stringify(result)).not.toContain(key);
  });

  it.each(["compatible/fake-1", "anthropic/fake-1"])(
    "%s: recorded without the key, and replayed without the server",
    async (model) => {
      const folder = await mkdtemp(join(tmpdir(), "nanobrain-models-"));
      folders.push(folder);
      const server = await startFakeModelServer([{ text: "Hello from a tape 🧪." }]);
      const agent = agentOf(server, { model });
      const first = await run(agent, recordHttp(folder, { mode: "record" }));
      await server.close();
      expect(first.result.outputs).toEqual({ text: "Hello from a tape 🧪." });
      const names = await readdir(folder);
      expect(names.length).toBe(1);
      for (const name of names) expect(await readFile(join(folder, name), "utf8")).not.toContain(key);
      const again = await run(agent, recordHttp(folder));
      expect(again.result.outputs).toEqual(first.result.outputs);
    },
  );

  it("scripts: their file is read from the project, and failures in them are tried again", async () => {
    const script = "- { text: Played., failure: { kind: down, times: 2 } }";
    const { result } = await run({ model: "scripted/answers.yml" }, undefined, { "answers.yml": script });
    expect(result).toMatchObject({ status: "completed", outputs: { text: "Played." } });
  });
});
