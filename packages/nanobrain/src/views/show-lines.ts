import { durationText, type Json, type Plan, type RunEvent } from "@nanobrain/engine";
import {
  type AgentCall,
  createProgressFold,
  failureFacts,
  lifecycle,
  openAsks,
  type RunSummary,
  spentIn,
} from "@nanobrain/engine/observe";
import { outputLines } from "../outputs/output-lines.js";
import { projectIn } from "../project-in.js";
import type { Channel, Look } from "../terminal/terminal.js";
import { fitEnd, oneLine } from "../terminal/text-width.js";
import { askLines, triggerLines } from "./ask-lines.js";
import { callLines, spentText } from "./call-lines.js";
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
  /** The run's name as it stands in commands. */
  readonly inCommands: string;
  readonly outputs: { readonly [unit: string]: Json };
  /** Steps at most; more are folded into a line. */
  readonly most: number;
  /** What agents did. */
  readonly calls: readonly AgentCall[];
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
        ...askLines(openAsks(plan, events), shown.inCommands, narrow),
        ...(summary.status === "waiting" ? triggerLines(plan, shown.inCommands, narrow) : []),
      ]
    : [];
  const values = outputLines(outputs, [], channel, "");
  const calls = callSection(shown, narrow);
  return [
    headerLine({ workflow: summary.workflow, name: summary.name, id: summary.run_id, strategy }, look),
    ...statusLines(shown, look),
    "",
    ...rows,
    ...(calls.length > 0 ? ["", ...calls.map((line) => `  ${line}`)] : []),
    ...(values.length > 0 ? ["", ...values.map((line) => `  ${line}`)] : []),
    ...(waits.length > 0 ? ["", ...waits.map((line) => `  ${line}`)] : []),
    ...(summary.warnings.length > 0 ? ["", ...warningLines(summary.warnings, look)] : []),
    ...(summary.failures.length > 0 || summary.status === "failed"
      ? [
          "",
          ...failureLines(
            { ...summary, name: shown.inCommands },
            failureFacts(plan, events),
            events.length,
            look,
            projectIn(events),
          ),
        ]
      : []),
  ];
}

/** Calls shown without `--all`. */
const mostCalls = 20;

/** What agents did, step by step. */
function callSection({ calls, most, inCommands }: Shown, look: Look): string[] {
  const steps = [...new Set(calls.map(({ step }) => step))];
  let left = most === Number.POSITIVE_INFINITY ? most : mostCalls;
  const lines = steps.flatMap((step) => {
    const own = calls.filter((call) => call.step === step);
    if (left <= 0) return [];
    const shown = callLines(own.slice(0, left), left, { ...look, width: look.width - 2 }, false);
    left -= shown.length;
    return [look.paint.dim(`calls of ${step}`), ...shown.map((line) => `  ${line}`)];
  });
  const more = calls.length > mostCalls && left <= 0;
  return more ? [...lines, `and more: nanobrain show ${inCommands} --all, nanobrain why ${inCommands} STEP`] : lines;
}

function statusLines({ plan, events, summary, driven, calls, inCommands }: Shown, look: Look): string[] {
  const { settled, cached } = countSteps(summary.steps);
  const open = isOpen(summary.status);
  const answered = open && !driven && isAnswered(plan, events);
  const word = answered ? "answered" : summary.status;
  const status = open && !driven ? `${word}, but no process drives it` : word;
  const took = `${durationText(summary.duration_ms)}, ${settled} ${settled === 1 ? "step" : "steps"} settled${cached > 0 ? `, ${cached} cached` : ""}`;
  const started = events[0]?.at;
  const created = events[0]?.type === "run.created" ? events[0] : undefined;
  const spent = spentText(spentIn(calls), plan);
  const caller = callerText(created?.options["caller"]);
  const facts: readonly (readonly [string, string])[] = [
    ["status", status],
    ["took", took],
    ...(spent === undefined ? [] : [["used", spent] as const]),
    ...(started === undefined ? [] : [["started", localTime(started)] as const]),
    ...(created?.forked === undefined ? [] : [["forked", forkText(created.forked)] as const]),
    ...(caller === undefined ? [] : [["called", caller] as const]),
    ["states", statesText(events)],
    ...(open && !driven
      ? [["then", `${answered ? "resume it with " : ""}nanobrain resume ${inCommands}`] as const]
      : []),
  ];
  const paint = statusPaint(summary.status, look);
  return facts.map(([name, value], index) => {
    const text = fitEnd(oneLine(value), look.width - 11, look.marks.ellipsis);
    return `  ${look.paint.dim(name.padEnd(8))} ${index === 0 ? paint(text) : text}`;
  });
}

/** Nothing is asked any more, and what was answered last has had no effect yet. */
function isAnswered(plan: Plan, events: readonly RunEvent[]): boolean {
  const last = events.findLast((event) => event.type === "wait.answered" || event.type === "attempt.started");
  return last?.type === "wait.answered" && openAsks(plan, events).length === 0;
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
