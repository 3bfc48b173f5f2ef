import { durationText, type RunRecord, type RunStatus } from "@nanobrain/engine";
import type { Look } from "../terminal/terminal.js";
import { fitMiddle, oneLine } from "../terminal/text-width.js";
import { tableLines } from "./table.js";
import { agoText } from "./time-text.js";

/** A line of the index of runs, and whether a live process drives it. */
export type RunRow = RunRecord & { readonly driven: boolean };

export function runsTable(rows: readonly RunRow[], look: Look, now: number): string[] {
  const statuses = rows.map((row) => (isOpen(row.status) && !row.driven ? `${row.status}, stopped` : row.status));
  return tableLines(
    [
      { title: "RUN" },
      { title: "STATUS", paint: (text, row) => statusPaint(rows[row]?.status ?? "pending", look)(text) },
      { title: "WORKFLOW", drop: 3 },
      { title: "STARTED", drop: 2 },
      { title: "TOOK", align: "right", drop: 1 },
      { title: "ID", drop: 0, paint: look.paint.dim },
    ],
    rows.map((row, index) => [
      row.name,
      statuses[index] ?? "",
      fitMiddle(oneLine(row.workflow), 24, look.marks.ellipsis),
      agoText(row.createdAt, now),
      tookText(row, now),
      row.id,
    ]),
    look,
  );
}

/** Of a run that rests, how long it was under way is in its journal alone: `show` tells. */
function tookText({ endedAt, createdAt, status, driven }: RunRow, now: number): string {
  if (endedAt !== null) return durationText(endedAt - createdAt);
  return isOpen(status) && driven ? durationText(now - createdAt) : "";
}

function isOpen(status: RunStatus): boolean {
  return status === "pending" || status === "running" || status === "waiting";
}

export function statusPaint(status: RunStatus, look: Look): (text: string) => string {
  switch (status) {
    case "completed":
      return look.paint.green;
    case "failed":
      return look.paint.red;
    case "running":
    case "pending":
    case "waiting":
      return look.paint.cyan;
    case "paused":
    case "cancelled":
      return look.paint.yellow;
  }
}
