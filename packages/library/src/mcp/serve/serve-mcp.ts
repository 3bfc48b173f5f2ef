import type { Readable, Writable } from "node:stream";
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { type Loaded, nanobrainError, type Runtime } from "@nanobrain/engine";
import { KeptFiles } from "./kept-files.js";
import { fault } from "./run-answers.js";
import { runTools } from "./run-tools.js";
import type { CallPlace, ServedTool } from "./tool.js";
import { disconnected, type ServedWorkflow, workflowTool } from "./workflow-tools.js";

export type McpServing = {
  readonly runtime: Runtime;
  /** Without faults. */
  readonly documents: readonly Loaded[];
  readonly version: string;
  /** Nothing else may be read from the one or be written to the other. */
  readonly input: Readable;
  readonly output: Writable;
};

/** Serves workflows as MCP tools until the client is gone. Runs that go on then are left to the runtime. */
export async function serveMcp(serving: McpServing): Promise<void> {
  const { runtime, input, output, version } = serving;
  const { Server } = await import("@modelcontextprotocol/sdk/server/index.js");
  const { StdioServerTransport } = await import("@modelcontextprotocol/sdk/server/stdio.js");
  const files = new KeptFiles(runtime.blobs);
  const tools = servedTools(serving.documents, runtime, files);
  const server = new Server(
    { name: "nanobrain", version },
    { capabilities: { tools: {}, resources: {} }, instructions },
  );
  const gone = new AbortController();
  await answerCalls(server, tools, gone.signal);
  await answerReads(server, files);
  const transport = new StdioServerTransport(input, output);
  const over = new Promise<void>((resolve) => {
    const end = (): void => {
      gone.abort(disconnected);
      resolve();
    };
    input.once("end", end);
    input.once("close", end);
    output.once("error", end);
  });
  await server.connect(transport);
  await over;
  await server.close();
}

const instructions =
  "Each workflow is a tool; a call is a run, which is kept on disk. A run that waits for a person says what it asks: ask the person, then call nanobrain_answer. nanobrain_runs, nanobrain_run and nanobrain_why look at runs.";

function servedTools(
  documents: readonly Loaded[],
  runtime: Runtime,
  files: KeptFiles,
): ReadonlyMap<string, ServedTool> {
  const tools = new Map(runTools(runtime, files).map((tool) => [tool.declaration.name, tool]));
  for (const loaded of documents) {
    const { plan } = loaded;
    if (plan === undefined) continue;
    const workflow: ServedWorkflow = { loaded, plan };
    const name = plan.name.replaceAll(/[^A-Za-z0-9_-]+/g, "_").slice(0, 64);
    if (tools.has(name))
      throw nanobrainError("E_USAGE", {
        problem: `Cannot serve two workflows as tool ${name}: give one of them another name`,
      });
    tools.set(name, workflowTool(workflow, name, runtime, files));
  }
  return tools;
}

/** How often a client hears of progress, at most. */
const progressMs = 200;

async function answerCalls(server: Server, tools: ReadonlyMap<string, ServedTool>, gone: AbortSignal): Promise<void> {
  const { CallToolRequestSchema, ListToolsRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...tools.values()].map(({ declaration }) => declaration),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra) => {
    const found = tools.get(params.name);
    if (found === undefined) return fault(nanobrainError("E_USAGE", { problem: `There is no tool ${params.name}` }));
    const token = params._meta?.progressToken;
    let toldAt = 0;
    const place: CallPlace = {
      signal: whichFirst(gone, extra.signal),
      progress(done, total, message) {
        if (token === undefined || performance.now() - toldAt < progressMs) return;
        toldAt = performance.now();
        const notification = {
          method: "notifications/progress" as const,
          params: { progressToken: token, progress: done, total, message },
        };
        extra.sendNotification(notification).catch(() => undefined);
      },
    };
    try {
      return await found.call((params.arguments ?? {}) as Parameters<ServedTool["call"]>[0], place);
    } catch (error) {
      return fault(error);
    }
  });
}

/** Aborts with either; a client that is gone is told from one that changed its mind. */
function whichFirst(gone: AbortSignal, cancelled: AbortSignal): AbortSignal {
  const either = new AbortController();
  const end = (): void => either.abort(gone.aborted ? disconnected : cancelled.reason);
  for (const signal of [gone, cancelled]) signal.addEventListener("abort", end, { once: true });
  if (gone.aborted || cancelled.aborted) end();
  return either.signal;
}

async function answerReads(server: Server, files: KeptFiles): Promise<void> {
  const { ListResourcesRequestSchema, ReadResourceRequestSchema } = await import("@modelcontextprotocol/sdk/types.js");
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: files.list().map((file) => ({ ...file })),
  }));
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => files.read(params.uri));
}
