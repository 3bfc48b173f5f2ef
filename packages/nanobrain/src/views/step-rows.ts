import { durationText } from "@nanobrain/engine";
import type { GateProgress, Progress, QueueProgress, StepProgress, TriggerProgress } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { fitEnd, fitMiddle, oneLine, pad, textWidth } from "../terminal/text-width.js";

export type RowsOptions = {
  /** Epoch ms: what still runs is measured up to here. */
  readonly now: number;
  /** Counts redraws, for the turning mark; null: nothing moves, as no process drives the run. */
  readonly frame: number | null;
  /** What running steps say of themselves, by name. */
  readonly said?: ReadonlyMap<string, string>;
  /** Rows at most; the rest is folded into one. */
  readonly most: number;
};

/** A line per step and per decided gate; idle ones fold into one line when there are more than fit. */
export function stepRows(progress: Progress, look: Look, options: RowsOptions): string[] {
  const gates = progress.gates.filter((gate) => gate.outcome !== "unknown");
  const queues = progress.queues.filter((queue) => queue.entered > 0);
  const most = Math.max(
    1,
    options.most - gates.length - queues.length - progress.triggers.length - Math.min(1, progress.rollbacks.count),
  );
  const { shown, folded } = fold(progress.steps, most);
  const names = [...shown, ...gates, ...queues, ...progress.triggers].map((one) => one.name);
  const widest = Math.max(4, ...names.map((name) => textWidth(oneLine(name))));
  const nameWidth = Math.min(widest, Math.max(10, Math.floor(look.width * 0.3)));
  const counts = shown.map((step) => countText(step, look));
  const countWidth = Math.max(0, ...counts.map(textWidth));
  const rows = shown.map((step, index) =>
    stepRow(step, { look, options, nameWidth, count: pad(counts[index] ?? "", countWidth) }),
  );
  if (folded !== "")
    rows.push(look.paint.dim(fitEnd(`  ${look.marks.waiting} ${folded}`, look.width, look.marks.ellipsis)));
  return [
    ...rows,
    ...gates.map((gate) => gateRow(gate, look, nameWidth)),
    ...rollbackRows(progress, look),
    ...queues.map((queue) => queueRow(queue, look, nameWidth)),
    ...progress.triggers.map((trigger) => triggerRow(trigger, look, { nameWidth, now: options.now })),
  ];
}

type RowParts = {
  readonly look: Look;
  readonly options: RowsOptions;
  readonly nameWidth: number;
  readonly count: string;
};

function stepRow(step: StepProgress, { look, options, nameWidth, count }: RowParts): string {
  const { marks, paint } = look;
  const name = pad(fitMiddle(oneLine(step.name), nameWidth, marks.ellipsis), nameWidth);
  const took = pad(timeText(step, options.now), 7, "right");
  const left = `  ${" ".repeat(textWidth(marks.done))} ${name}  ${count}${count === "" ? "" : "  "}${took}`;
  const room = look.width - textWidth(left) - 3;
  const note = room < 6 ? "" : fitEnd(noteText(step, look, options.said?.get(step.name)), room, marks.ellipsis);
  const body = `${name}  ${count}${count === "" ? "" : "  "}${paint.dim(took)}`;
  return `  ${markOf(step, look, options.frame)} ${body}${note === "" ? "" : `  ${paint.dim(note)}`}`.trimEnd();
}

function countText(step: StepProgress, look: Look): string {
  const single = step.count === 1 && step.done <= 1;
  if (single || step.status === "pending" || step.status === "waiting" || step.status === "ready") return "";
  const count = step.count === null ? "?" : String(step.count);
  return look.width < 60 ? `${step.done}/${count}` : `${step.done} of ${count}`;
}

function timeText(step: StepProgress, now: number): string {
  if (step.startedAt === null || step.status === "skipped") return "";
  return durationText((step.endedAt ?? now) - step.startedAt - step.idleMs);
}

function noteText(step: StepProgress, look: Look, said: string | undefined): string {
  const { marks } = look;
  const parts: string[] = [];
  if (step.etaMs !== null)
    parts.push(`eta ${durationText(step.etaMs)} ${marks.plusMinus} ${durationText(step.etaErrorMs ?? 0)}`);
  if (step.activations > 1) parts.push(`${step.activations} runs`);
  if (step.queued > 0) parts.push(`${step.queued} queued`);
  if (step.cached > 0) parts.push(step.count === 1 && step.activations < 2 ? "cached" : `cached ${step.cached}`);
  if (step.retried > 0) parts.push(`${step.retried} retried`);
  if (said !== undefined && step.status === "running") parts.push(oneLine(said));
  if (step.note !== "") parts.push(oneLine(step.note).replaceAll(" · ", ` ${marks.dot} `));
  return parts.join(` ${marks.dot} `);
}

function markOf(step: StepProgress, look: Look, frame: number | null): string {
  const { marks, paint } = look;
  switch (step.status) {
    case "succeeded":
      return paint.green(marks.done);
    case "failed":
      return paint.red(marks.failed);
    case "running":
      if (frame === null) return paint.yellow(marks.paused);
      return paint.cyan(marks.running[frame % marks.running.length] ?? marks.waiting);
    case "retrying":
      return paint.yellow(marks.retrying);
    case "skipped":
    case "cancelled":
      return paint.dim(marks.skipped);
    case "waiting":
      return isSuspended(step) ? paint.cyan(marks.paused) : paint.dim(marks.waiting);
    case "pending":
    case "ready":
      return paint.dim(marks.waiting);
  }
}

/** It has begun, and waits for a moment or a person. */
function isSuspended({ status, startedAt }: StepProgress): boolean {
  return status === "waiting" && startedAt !== null;
}

function gateRow(gate: GateProgress, look: Look, nameWidth: number): string {
  const { marks, paint } = look;
  const name = pad(fitMiddle(oneLine(gate.name), nameWidth, marks.ellipsis), nameWidth);
  const told = gate.reason === "" ? `${gate.condition} (${gate.outcome})` : gate.reason;
  const mark = gate.outcome === "refused" ? paint.red(marks.failed) : paint.dim(marks.skipped);
  const room = look.width - nameWidth - 7;
  return `  ${mark} ${name}  ${paint.dim(fitEnd(oneLine(told), room, marks.ellipsis))}`;
}

function rollbackRows({ rollbacks }: Progress, look: Look): string[] {
  const { count, rolling, reason } = rollbacks;
  if (count === 0) return [];
  const times = count === 1 ? "once" : `${count} times`;
  const said = rolling ? "is rolling back" : `rolled back ${times}`;
  const told = fitEnd(oneLine(`${said}: ${reason}`), look.width - 5, look.marks.ellipsis);
  return [`  ${look.paint.yellow(look.marks.retrying)} ${look.paint.dim(told)}`];
}

const barWidth = 10;

/** `rows  [####......]  42 of at most 100 wait · 2 in flight · 1 dead letter`. */
function queueRow(queue: QueueProgress, look: Look, nameWidth: number): string {
  const { marks, paint } = look;
  const name = pad(fitMiddle(oneLine(queue.name), nameWidth, marks.ellipsis), nameWidth);
  const { waiting, capacity, inFlight, dead, entered } = queue;
  const full = Math.min(barWidth, Math.ceil((barWidth * waiting) / Math.max(1, capacity)));
  const bar = `[${marks.full.repeat(full)}${marks.empty.repeat(barWidth - full)}]`;
  const parts = [
    `${waiting} of at most ${capacity} wait`,
    ...(inFlight > 0 ? [`${inFlight} in flight`] : []),
    ...(dead > 0 ? [`${dead} dead ${dead === 1 ? "letter" : "letters"}`] : []),
    `${entered} came`,
  ];
  const told = fitEnd(`${bar}  ${parts.join(` ${marks.dot} `)}`, look.width - nameWidth - 7, marks.ellipsis);
  return `  ${dead > 0 ? paint.yellow(marks.queue) : paint.dim(marks.queue)} ${name}  ${paint.dim(told)}`;
}

function triggerRow(
  trigger: TriggerProgress,
  look: Look,
  { nameWidth, now }: { readonly nameWidth: number; readonly now: number },
): string {
  const { marks, paint } = look;
  const name = pad(fitMiddle(oneLine(trigger.name), nameWidth, marks.ellipsis), nameWidth);
  const bad = trigger.status === "off" || trigger.status === "failing";
  const mark = bad ? paint.red(marks.failed) : paint.dim(marks.trigger);
  const room = look.width - nameWidth - 7;
  const told = triggerTexts(trigger, now).join(` ${marks.dot} `);
  return `  ${mark} ${name}  ${paint.dim(fitEnd(oneLine(told), room, marks.ellipsis))}`;
}

function triggerTexts({ kind, fired, lastFiredAt, dueAt, note, status }: TriggerProgress, now: number): string[] {
  const times = fired === 0 ? "not fired" : fired === 1 ? "fired once" : `fired ${fired} times`;
  const last = lastFiredAt === null || status === "closed" ? "" : `, ${durationText(now - lastFiredAt)} ago`;
  const due =
    dueAt === null ? [] : [`${status === "failing" ? "tried again" : "next"} in ${durationText(dueAt - now)}`];
  const off = status === "off" ? ["switched off"] : [];
  return [`${kind.replace("_", " ")} trigger`, `${times}${last}`, ...off, ...due, ...(note === "" ? [] : [note])];
}

/** The more something happens to a step, the longer it stays. */
const importance: { readonly [Status in StepProgress["status"]]: number } = {
  failed: 5,
  retrying: 4,
  running: 4,
  succeeded: 2,
  skipped: 1,
  cancelled: 1,
  ready: 1,
  waiting: 0,
  pending: 0,
};

function fold(
  steps: readonly StepProgress[],
  most: number,
): { readonly shown: readonly StepProgress[]; readonly folded: string } {
  if (steps.length <= most) return { shown: steps, folded: "" };
  const kept = new Set(
    steps
      .map((step, index) => ({
        index,
        weight: isSuspended(step) ? importance.running : importance[step.status],
        recent: step.endedAt ?? 0,
      }))
      .sort((a, b) => b.weight - a.weight || b.recent - a.recent || a.index - b.index)
      .slice(0, Math.max(0, most - 1))
      .map((one) => one.index),
  );
  const hidden = steps.filter((_, index) => !kept.has(index));
  return { shown: steps.filter((_, index) => kept.has(index)), folded: foldText(hidden) };
}

function foldText(hidden: readonly StepProgress[]): string {
  const count = (...statuses: readonly StepProgress["status"][]) =>
    hidden.filter((step) => statuses.includes(step.status)).length;
  const groups: readonly (readonly [number, string])[] = [
    [count("failed"), "failed"],
    [count("running", "retrying"), "running"],
    [count("waiting", "pending", "ready"), "waiting"],
    [count("succeeded"), "done"],
    [count("skipped", "cancelled"), "skipped"],
  ];
  return `and ${groups
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} more ${word}`)
    .join(", ")}`;
}
