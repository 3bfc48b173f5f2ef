import { durationText, type Json, type Plan, type RunEvent } from "@nanobrain/engine";
import { createProgressFold, failureFacts, lifecycle, openAsks, type RunSummary } from "@nanobrain/engine/observe";
import { outputLines } from "../outputs/output-lines.js";
import { projectIn } from "../project-in.js";
import type { Channel, Look } from "../terminal/terminal.js";
import { fitEnd, oneLine } from "../terminal/text-width.js";
import { askLines, triggerLines } from "./ask-lines.js";
import { countSteps } from "./end-line.js";
import { failureLines } from "./failure-block.js";
import { headerLine } from "./run-header.js";
import { statusPaint } from "./runs-table.js";
import { stepRows } from "./step-rows.js";
import { localTime } from "./time-text.js";
import { warningLines } from "./warning-lines.js";

export type Shown = {
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
  readonly outputs: { readonly [unit: string]: Json };
  /** Steps at most; more are folded into a line. */
  readonly most: number;
  /** A live process drives it. */
  readonly driven: boolean;
  readonly now: number;
};

export function showLines(shown: Shown, channel: Channel): string[] {
  const { plan, events, summary, outputs } = shown;
  const { look } = channel;
  const last = events.at(-1)?.at ?? shown.now;
  const fold = createProgressFold(plan);
  for (const event of events) fold.apply(event);
  const strategy = plan.workflows[0]?.strategy ?? "graph";
  const rows = stepRows(fold.progress(), look, {
    now: shown.driven ? shown.now : last,
    frame: shown.driven ? 0 : null,
    most: shown.most,
  });
  const narrow = { ...look, width: look.width - 2 };
  const waits = isOpen(summary.status)
    ? [
        ...askLines(openAsks(plan, events), summary.name, narrow),
        ...(summary.status === "waiting" ? triggerLines(plan, summary.name, narrow) : []),
      ]
    : [];
  const values = outputLines(outputs, [], channel, "");
  return [
    headerLine({ workflow: summary.workflow, name: summary.name, id: summary.run_id, strategy }, look),
    ...statusLines(shown, look),
    "",
    ...rows,
    ...(values.length > 0 ? ["", ...values.map((line) => `  ${line}`)] : []),
    ...(waits.length > 0 ? ["", ...waits.map((line) => `  ${line}`)] : []),
    ...(summary.warnings.length > 0 ? ["", ...warningLines(summary.warnings, look)] : []),
    ...(summary.failures.length > 0 || summary.status === "failed"
      ? ["", ...failureLines(summary, failureFacts(plan, events), events.length, look, projectIn(events))]
      : []),
  ];
}

function statusLines({ events, summary, driven }: Shown, look: Look): string[] {
  const { settled, cached } = countSteps(summary.steps);
  const open = isOpen(summary.status);
  const status = open && !driven ? `${summary.status}, but no process drives it` : summary.status;
  const took = `${durationText(summary.duration_ms)}, ${settled} ${settled === 1 ? "step" : "steps"} settled${cached > 0 ? `, ${cached} cached` : ""}`;
  const started = events[0]?.at;
  const created = events[0]?.type === "run.created" ? events[0] : undefined;
  const caller = callerText(created?.options["caller"]);
  const facts: readonly (readonly [string, string])[] = [
    ["status", status],
    ["took", took],
    ...(started === undefined ? [] : [["started", localTime(started)] as const]),
    ...(created?.forked === undefined ? [] : [["forked", forkText(created.forked)] as const]),
    ...(caller === undefined ? [] : [["called", caller] as const]),
    ["states", statesText(events)],
    ...(open && !driven ? [["then", `nanobrain resume ${summary.name}`] as const] : []),
  ];
  const paint = statusPaint(summary.status, look);
  return facts.map(([name, value], index) => {
    const text = fitEnd(oneLine(value), look.width - 11, look.marks.ellipsis);
    return `  ${look.paint.dim(name.padEnd(8))} ${index === 0 ? paint(text) : text}`;
  });
}

function isOpen(status: RunSummary["status"]): boolean {
  return status === "running" || status === "pending" || status === "waiting";
}

function forkText({ from, step }: { readonly from: string; readonly step: string }): string {
  return `from ${from} ${step === "" ? "with the document as it was then" : `at ${step}`}`;
}

/** The step whose code runs it. */
function callerText(caller: Json | undefined): string | undefined {
  if (typeof caller !== "object" || caller === null) return undefined;
  const { name, step } = caller as { readonly name?: Json; readonly step?: Json };
  return `by ${String(name)}, step ${String(step)}`;
}

/** The last states of the life cycle; what repeats is counted. */
function statesText(events: readonly RunEvent[]): string {
  const { transitions } = lifecycle(events);
  const errors = transitions.filter((one) => one.to === "error").length;
  const told = transitions.map((one) => one.to).filter((state) => state !== "error" && state !== "recovery");
  const shortened = told.filter((state, index) => state !== told[index - 1]).slice(-6);
  return `${shortened.join(" > ")}${errors > 0 ? ` (${errors} ${errors === 1 ? "error" : "errors"} on the way)` : ""}`;
}
