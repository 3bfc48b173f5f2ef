import { jsonLimits, toJson } from "../../adapters/executors/to-json.js";
import type { Handle } from "../../contracts/handle.js";
import type { Json } from "../../contracts/json.js";
import type { LaneJournal } from "../../express/lane-run.js";
import type { RunEvent } from "../../kernel/event.js";
import { summarize } from "../../observe/summarize.js";
import type { RunSummary } from "../../observe/summary.js";
import type { Plan } from "../../plan/plan.js";
import type { RunResult } from "../runtime.js";

/** Larger values are told by their size. */
const SHOWN_BYTES = 8192;

/** A copy that shares nothing; undefined: no JSON, or too large. */
export function copyOf(value: unknown): Json | undefined {
  const copy = toJson(value, jsonLimits);
  return copy.ok ? copy.value : undefined;
}

export function sizeOf(value: Json): number {
  const copy = toJson(value, jsonLimits);
  return copy.ok ? copy.bytes : 0;
}

/** The events so far, for who looks at their values in passing only. */
export function expressEvents(journal: LaneJournal, after = 0): Iterable<RunEvent> {
  const shown = (value: Json): Handle => {
    const sizeBytes = typeof value === "object" || typeof value === "string" ? sizeOf(value) : 0;
    return sizeBytes > SHOWN_BYTES ? { blob: "", sizeBytes } : { json: value };
  };
  return journal.eventsNow(after, shown, () => 0);
}

/** What a completed run gave. Its steps are told when somebody reads them. */
export function expressResult(plan: Plan, journal: LaneJournal): RunResult {
  const { created, at } = journal.head;
  const outputs: { [unit: string]: Json } = {};
  const workflow = plan.workflows[0];
  for (const node of workflow?.outputs ?? []) {
    const value = journal.given(node)["value"];
    if (value !== undefined)
      outputs[workflow?.nodes[node]?.name ?? ""] = typeof value === "object" ? (copyOf(value) ?? null) : value;
  }
  let summary: RunSummary | undefined;
  const summarized = (): RunSummary => {
    summary ??= summarize(plan, expressEvents(journal));
    return summary;
  };
  const isWhole = Object.keys(outputs).length === (workflow?.outputs.length ?? 0);
  return {
    run_id: created.id,
    name: created.name,
    workflow: plan.name,
    plan_hash: created.plan,
    status: "completed",
    get steps() {
      return summarized().steps;
    },
    failures: [],
    get warnings() {
      return isWhole ? [] : summarized().warnings;
    },
    duration_ms: Math.max(0, journal.completedAt - at),
    outputs,
  };
}
