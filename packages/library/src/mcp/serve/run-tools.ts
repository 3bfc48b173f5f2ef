import type { CallToolResult, Tool } from "@modelcontextprotocol/sdk/types.js";
import { type Json, type JsonObject, nanobrainError, type Runtime } from "@nanobrain/engine";
import type { KeptFiles } from "./kept-files.js";
import { followRun, questionsOf, said } from "./run-answers.js";
import type { CallPlace, ServedTool } from "./tool.js";

type Given = { readonly [name: string]: Json };

const text = (description: string): JsonObject => ({ type: "string", description });
const run = text("Name or id of the run.");

function tool(
  name: string,
  description: string,
  properties: { readonly [name: string]: JsonObject },
  required: readonly string[],
  annotations: NonNullable<Tool["annotations"]>,
  call: (given: Given, place: CallPlace) => Promise<CallToolResult>,
): ServedTool {
  const inputSchema = {
    type: "object" as const,
    properties: { ...properties },
    required: [...required],
    additionalProperties: false,
  };
  return {
    declaration: { name: `nanobrain_${name}`, description, inputSchema, annotations },
    async call(given, place) {
      await demandFit(`nanobrain_${name}`, inputSchema, given);
      return call(given, place);
    },
  };
}

/** A misspelt argument must not become an answer of nothing. */
async function demandFit(tool: string, schema: JsonObject, given: Given): Promise<void> {
  const { problemText, validateValue } = await import("@nanobrain/engine/steps");
  const problems = await validateValue(schema, given);
  if (problems.length > 0)
    throw nanobrainError("E_USAGE", { problem: `Cannot call ${tool}: ${problems.map(problemText).join("; ")}` });
}

const looks = { readOnlyHint: true };

/** Tools to look at runs of the store, and to steer them. */
export function runTools(runtime: Runtime, files: KeptFiles): readonly ServedTool[] {
  return [
    tool("runs", "The runs of the store, newest first.", listed, [], looks, (given) => runsOf(runtime, given)),
    tool(
      "run",
      "How a run stands: status, steps, outputs, failures, and what it asks a person.",
      { run },
      ["run"],
      looks,
      (given) => statusOf(runtime, textOf(given, "run"), files),
    ),
    tool(
      "why",
      "Why a step of a run ran, waits, was skipped, was tried again or came from the cache.",
      { run, step: text("Path of the step, such as outer[3]/inner.") },
      ["run", "step"],
      looks,
      (given) => whyOf(runtime, textOf(given, "run"), textOf(given, "step")),
    ),
    tool(
      "answer",
      "Answers a step that waits for a person, with what the person said, and waits until the run ends or asks again.",
      {
        run,
        step: text("As the question names it."),
        value: { description: "The answer, of the question's choices or schema." },
      },
      ["run", "step", "value"],
      { readOnlyHint: false, destructiveHint: true },
      (given, place) => answer(runtime, given, place, files),
    ),
    tool(
      "cancel",
      "Aborts what runs, and ends the run.",
      { run, reason: text("Why, for the journal.") },
      ["run"],
      { destructiveHint: true },
      (given) => cancel(runtime, given),
    ),
  ];
}

const listed: { readonly [name: string]: JsonObject } = {
  limit: { type: "integer", minimum: 1, maximum: 200, description: "At most so many (default 20)." },
  workflow: text("Only runs of this workflow."),
  unfinished: { type: "boolean", description: "Only those that have not ended." },
};

function textOf(given: Given, name: string): string {
  const value = given[name];
  if (typeof value === "string" && value !== "") return value;
  throw nanobrainError("E_USAGE", { problem: `Cannot do that without ${name}: a text is expected` });
}

async function runsOf({ store }: Runtime, { limit, workflow, unfinished }: Given): Promise<CallToolResult> {
  const runs = await store.runs({
    limit: typeof limit === "number" ? Math.min(200, Math.max(1, limit)) : 20,
    unfinished: unfinished === true,
    ...(typeof workflow === "string" ? { workflow } : {}),
  });
  const rows = runs.map(({ id, name, workflow: of, status, createdAt, endedAt }) => ({
    run: name,
    run_id: id,
    workflow: of,
    status,
    created_at: createdAt,
    ended_at: endedAt,
  }));
  return said({ runs: rows });
}

async function statusOf(runtime: Runtime, id: string, files: KeptFiles): Promise<CallToolResult> {
  const { summary } = await runtime.look(id);
  const handle = await runtime.attach(id, "mcp");
  const { name, run_id, workflow, status, duration_ms, failures, steps } = summary;
  const about: JsonObject = {
    ...{ run: name, run_id, workflow, status, duration_ms },
    steps: Object.fromEntries(Object.entries(steps).map(([step, one]): [string, Json] => [step, one.status])),
    failures: failures.map(({ step, failure }) => ({ step, code: failure.code, message: failure.message })),
    asks: await questionsOf(handle),
  };
  if (status !== "completed") return said(about);
  const { outputs } = await handle.result();
  const answer = said({ ...about, outputs: { ...outputs } });
  return { ...answer, content: [...answer.content, ...(await files.blocks({ ...outputs }))] };
}

async function whyOf(runtime: Runtime, id: string, step: string): Promise<CallToolResult> {
  const { why } = await import("@nanobrain/engine/observe");
  const { plan, events } = await runtime.look(id);
  const report = why(plan, events, step);
  if ("unknown" in report)
    throw nanobrainError("E_USAGE", { problem: `Cannot explain ${step}: run ${id} has no step ${report.unknown}` });
  return said(report as unknown as JsonObject);
}

/** A run that nobody drives goes on here. */
async function answer(runtime: Runtime, given: Given, place: CallPlace, files: KeptFiles): Promise<CallToolResult> {
  const id = textOf(given, "run");
  const { driven } = await (await runtime.attach(id, "mcp")).answer(
    textOf(given, "step"),
    given["value"] ?? null,
    "mcp client",
  );
  return followRun(driven ? await runtime.attach(id, "mcp") : await runtime.resume(id), place, files);
}

async function cancel(runtime: Runtime, given: Given): Promise<CallToolResult> {
  const { reason } = given;
  const handle = await runtime.attach(textOf(given, "run"), "mcp");
  const { status, text: told } = await handle.cancel(
    typeof reason === "string" ? reason : "an MCP client asked for it",
  );
  return said({ run: handle.name, run_id: handle.id, done: status === "done", what: told });
}
