import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { JsonObject } from "../contracts/json.js";
import type { Finding, PortValues } from "../kernel/event.js";

/**
 * Sizes of lists, numbers and truth values among outputs, and what an agent used up, at most three: `96 papers · quality 0.83`.
 * Nothing else of a value is shown.
 */
export function outputNote(out: PortValues): string {
  const notes: string[] = [];
  for (const [port, handle] of Object.entries(out)) {
    const length = lengthOf(handle);
    const used = port === "usage" ? usedText(handle) : undefined;
    const text = length === undefined ? digest(handle) : undefined;
    if (used !== undefined) notes.push(used);
    if (length !== undefined) notes.push(`${length} ${length === 1 ? port.replace(/([^s])s$/, "$1") : port}`);
    if (text !== undefined) notes.push(`${port} ${text}`);
    if (notes.length === 3) break;
  }
  return notes.join(" · ");
}

function lengthOf(handle: Handle): number | undefined {
  if ("list" in handle) return handle.list.length;
  return "json" in handle && Array.isArray(handle.json) ? handle.json.length : undefined;
}

function digest(handle: Handle): string | undefined {
  if (!("json" in handle)) return undefined;
  const value = handle.json;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return typeof value === "boolean" ? String(value) : undefined;
}

/** What an agent used up: `3 model calls, 2 tool calls, 414 tokens, $0.0021`. */
function usedText(handle: Handle): string | undefined {
  if (!("json" in handle) || typeof handle.json !== "object" || handle.json === null) return undefined;
  const { calls, tool_calls, input_tokens, output_tokens, cost_usd } = handle.json as JsonObject;
  if (typeof calls !== "number" || typeof input_tokens !== "number" || typeof output_tokens !== "number")
    return undefined;
  const tools = typeof tool_calls === "number" && tool_calls > 0 ? [counted(tool_calls, "tool call")] : [];
  const money = typeof cost_usd === "number" && cost_usd > 0 ? [`$${cost_usd.toFixed(cost_usd < 1 ? 4 : 2)}`] : [];
  return [counted(calls, "model call"), ...tools, counted(input_tokens + output_tokens, "token"), ...money].join(", ");
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

/** The shortest name of a failure: the status an outside service gave, a program's exit code, else the code. */
export function failureTag(failure: Failure): string {
  const { status, exitCode } = failure.details ?? {};
  if (typeof status === "number") return String(status);
  return typeof exitCode === "number" ? `exit ${exitCode}` : failure.code;
}

/** What a link carried, in a word, and why when it was no value. */
export type Carried = { readonly outcome: "value" | "absent" | "closed" | "refused"; readonly reason: string };

export function readFinding(finding: Finding): Carried {
  if (finding === 1) return { outcome: "value", reason: "" };
  if (finding === 0) return { outcome: "absent", reason: "" };
  if ("value" in finding) return { outcome: "value", reason: "" };
  if ("passed" in finding) return { outcome: "value", reason: finding.passed };
  if ("closed" in finding) return { outcome: "closed", reason: finding.closed };
  if ("queued" in finding) return { outcome: finding.queued === 0 ? "absent" : "value", reason: "" };
  return { outcome: "refused", reason: finding.refused.message };
}
