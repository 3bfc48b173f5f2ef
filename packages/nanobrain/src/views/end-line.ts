import { durationText } from "@nanobrain/engine";
import type { RunSummary, StepSummary } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { textWidth } from "../terminal/text-width.js";

/** Steps that have settled, and results that came from the cache: over nested runs and items too. */
export function countSteps(steps: RunSummary["steps"]): { readonly settled: number; readonly cached: number } {
  let settled = 0;
  let cached = 0;
  const visit = (step: StepSummary): void => {
    const inner = [...(step.items ?? []), ...Object.values(step.run?.steps ?? {})];
    if (step.cached && inner.length === 0) cached++;
    inner.forEach(visit);
  };
  for (const step of Object.values(steps)) {
    if (step.status === "succeeded" || step.status === "skipped" || step.status === "failed") settled++;
    visit(step);
  }
  return { settled, cached };
}

/** The last line of a run that came to an end, as parts; on narrow terminals they go onto lines of their own. */
export function endLines(summary: RunSummary, look: Look, files: readonly string[]): string[] {
  const { settled, cached } = countSteps(summary.steps);
  const took = durationText(summary.duration_ms);
  const parts = [
    `${lead(summary, look)} ${took}`,
    `${settled} ${settled === 1 ? "step" : "steps"}`,
    ...(cached > 0 ? [`${cached} cached`] : []),
    ...files,
    `inspect: nanobrain show ${summary.name}`,
  ];
  return joinParts(parts, look);
}

function lead(summary: RunSummary, look: Look): string {
  const { marks, paint } = look;
  switch (summary.status) {
    case "completed":
      return `${paint.green(marks.done)} ${summary.failures.some((one) => one.handling !== "tolerated") ? "done, with failures, in" : "done in"}`;
    case "failed":
      return `${paint.red(marks.failed)} failed after`;
    case "cancelled":
      return `${paint.yellow(marks.skipped)} cancelled after`;
    default:
      return `${paint.yellow(marks.paused)} ${summary.status} after`;
  }
}

const colors = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");

function joinParts(parts: readonly string[], look: Look): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const joined = last === undefined ? part : `${last} ${look.marks.dot} ${part}`;
    if (last !== undefined && textWidth(joined.replace(colors, "")) > look.width) lines.push(`  ${part}`);
    else lines.splice(-1, lines.length === 0 ? 0 : 1, joined);
  }
  return lines;
}
