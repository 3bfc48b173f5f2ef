import type { Failure } from "../contracts/failure.js";
import type { Handle } from "../contracts/handle.js";
import type { Finding, PortValues } from "../kernel/event.js";

/** Sizes of lists, numbers and truth values among outputs, at most three: `papers 96 · quality 0.83`. Nothing else of a value is shown. */
export function outputNote(out: PortValues): string {
  const notes: string[] = [];
  for (const [port, handle] of Object.entries(out)) {
    const text = digest(handle);
    if (text !== undefined) notes.push(`${port} ${text}`);
    if (notes.length === 3) break;
  }
  return notes.join(" · ");
}

function digest(handle: Handle): string | undefined {
  if ("list" in handle) return String(handle.list.length);
  if (!("json" in handle)) return undefined;
  const value = handle.json;
  if (Array.isArray(value)) return String(value.length);
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return typeof value === "boolean" ? String(value) : undefined;
}

/** The shortest name of a failure: the status an outside service gave, else the code. */
export function failureTag(failure: Failure): string {
  const status = failure.details?.["status"];
  return typeof status === "number" ? String(status) : failure.code;
}

/** What a link carried, in a word, and why when it was no value. */
export type Carried = { readonly outcome: "value" | "absent" | "closed" | "refused"; readonly reason: string };

export function readFinding(finding: Finding): Carried {
  if (finding === 1) return { outcome: "value", reason: "" };
  if (finding === 0) return { outcome: "absent", reason: "" };
  if ("value" in finding) return { outcome: "value", reason: "" };
  if ("passed" in finding) return { outcome: "value", reason: finding.passed };
  if ("closed" in finding) return { outcome: "closed", reason: finding.closed };
  return { outcome: "refused", reason: finding.refused.message };
}
