import { type Json, type JsonObject, nanobrainError } from "@nanobrain/engine";
import { canonicalJson, classify, problemText, validateValue } from "@nanobrain/engine/steps";
import type { Message, ToolCall } from "../models/model.js";
import type { AgentRun } from "./agent-run.js";
import type { Tool } from "./tools/tool.js";
import { isQuestion } from "./tools/tool-context.js";

const mostSame = 3;
const mostShown = 4_000;
const resultBytes = 64 * 1024;

/** How often each call was made in this conversation, by name and input. */
export type CallCounts = Map<string, number>;

/**
 * Does what a model asks for, one call after the other. C1. Only tools of the document, with an input that fits their schema. C2. A
 * dangerous one only with a person's recorded yes. C3. The result is on disk before the model sees it. C4. More calls than the budget
 * has are not begun at all.
 */
export async function doToolCalls(
  run: AgentRun,
  calls: readonly ToolCall[],
  answer: number,
  counts: CallCounts,
): Promise<Message[]> {
  run.budget.beforeTools(calls.length);
  const results: Message[] = [];
  for (const [at, call] of calls.entries()) {
    const result = await doToolCall(run, call, `${run.prefix}tool:${answer}.${at + 1}`, counts);
    results.push({ role: "tool", id: call.id, name: call.name, result });
  }
  return results;
}

async function doToolCall(run: AgentRun, call: ToolCall, name: string, counts: CallCounts): Promise<Json> {
  const tool = run.tools.get(call.name);
  const refused = await refusalOf(run, call, tool, counts);
  if (refused !== undefined || tool === undefined) return refuse(run, call, name, refused ?? "");
  const input = call.input as JsonObject;
  if (tool.sideEffect === "danger" && !(await isAllowed(run, call, name)))
    return refuse(run, call, name, "A person has said no to this call");
  if (tool.isMadeOfCalls === true) return tool.call(input, name, run.context.signal);
  const wish = { least: { tool_calls: 1, ms: 1 }, most: { tool_calls: 1 } };
  const { ms, ...done } = (await run.context.call(name, wish, async (room) => {
    const value = await timed(run, tool, input, name, room.ms);
    const { ms, error } = value as unknown as Done;
    const failed = error === undefined ? {} : { failed: error };
    return { value, note: { kind: "tool", of: call.name, spent: { tool_calls: 1, ms }, ...failed } };
  })) as unknown as Done;
  run.budget.usedByTool(ms);
  return done;
}

/** It is in the journal as a call that was not made. */
async function refuse(run: AgentRun, { name: of }: ToolCall, name: string, error: string): Promise<Json> {
  const shown = of.slice(0, 100);
  run.context.log("info", `${run.name}: call of ${shown} is refused: ${error}`);
  const note = { kind: "tool", of: shown, spent: {}, failed: `refused: ${error}` } as const;
  return run.context.call(name, { least: {}, most: {} }, () => Promise.resolve({ value: { error }, note }));
}

/** Why a call is not made; undefined: it can be. */
async function refusalOf(
  run: AgentRun,
  call: ToolCall,
  tool: Tool | undefined,
  counts: CallCounts,
): Promise<string | undefined> {
  const names = [...run.tools.keys()];
  if (tool === undefined)
    return `There is no tool of this name. There are: ${names.length === 0 ? "none" : names.join(", ")}`;
  const { input } = call;
  if (typeof input !== "object" || input === null || Array.isArray(input)) return "The input must be a JSON object";
  const problems = await validateValue(tool.declaration.input, input);
  if (problems.length > 0) return `The input does not fit: ${problems.slice(0, 10).map(problemText).join("; ")}`;
  if (tool.sideEffect === "danger" && questionOf(run, call).length > mostShown)
    return `The input is too long to be shown to a person, who must allow it: ${mostShown} characters at most`;
  const key = `${call.name} ${canonicalJson(input)}`;
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count > mostSame ? `This same call was made ${mostSame} times: use what it gave` : undefined;
}

async function isAllowed(run: AgentRun, call: ToolCall, name: string): Promise<boolean> {
  const { decision } = await run.context.ask(name, { question: questionOf(run, call), choices: ["yes", "no"] });
  return decision === "yes";
}

const questionOf = ({ name }: AgentRun, call: ToolCall): string =>
  `Agent ${name} wants to use the tool ${call.name}, which is dangerous, with\n${JSON.stringify(call.input, null, 2)}\nMay it?`;

type Done = { readonly ms: number; readonly result?: Json; readonly error?: string };

/** A tool that fails is no failure of the agent: the model is told. */
async function timed(run: AgentRun, tool: Tool, input: JsonObject, name: string, mostMs?: number): Promise<Json> {
  const began = performance.now();
  const ms = (): number => Math.round(performance.now() - began);
  try {
    const value = await withinTime(run, bounded(tool, mostMs), input, name);
    return { ...(await capped(run, tool.declaration.name, value)), ms: ms() };
  } catch (error) {
    if (run.context.signal.aborted || isQuestion(error)) throw error;
    const { code, message } = classify(error);
    return { error: `${code}: ${message}`.slice(0, 2_000), ms: ms() };
  }
}

function bounded(tool: Tool, mostMs: number | undefined): Tool {
  if (mostMs === undefined || (tool.timeoutMs !== undefined && tool.timeoutMs <= mostMs)) return tool;
  return { ...tool, timeoutMs: Math.max(1, Math.ceil(mostMs)) };
}

async function withinTime(run: AgentRun, tool: Tool, input: JsonObject, name: string): Promise<Json> {
  const { signal } = run.context;
  if (tool.timeoutMs === undefined) return tool.call(input, name, signal);
  const timer = AbortSignal.timeout(tool.timeoutMs);
  const late = new Promise<never>((_resolve, reject) => {
    const fail = (): void =>
      reject(
        nanobrainError("E_AGENT_TOOL", {
          tool: tool.declaration.name,
          what: `it took longer than ${tool.timeoutMs} ms`,
        }),
      );
    timer.addEventListener("abort", fail, { once: true });
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  return Promise.race([tool.call(input, name, AbortSignal.any([signal, timer])), late]);
}

/** What a model sees of a result: 64 KiB of it, the whole kept as a file. */
async function capped(run: AgentRun, tool: string, value: Json): Promise<JsonObject> {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) <= resultBytes) return { result: value };
  const file = await run.context.keep(`${tool}.json`, text, "application/json");
  const shown = (typeof value === "string" ? value : text).slice(0, resultBytes / 2);
  run.context.log("info", `The answer of ${tool} is shortened for the model: ${Buffer.byteLength(text)} bytes`);
  return {
    result: shown,
    left_out: `This is the beginning; the whole has ${text.length} characters`,
    file: file as unknown as Json,
  };
}
