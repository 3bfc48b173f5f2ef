import { durationText } from "@nanobrain/engine";
import type { TimelineRow } from "@nanobrain/engine/observe";
import { esc } from "./html.js";

const nameWidth = 230;
const barsWidth = 820;
const lineHeight = 18;
const top = 26;
/** Lines and bars of one chart; what is more is counted below it. */
const mostLines = 600;
const mostBars = 4_000;

const colours: { readonly [status: string]: string } = {
  succeeded: "#2f8f57",
  failed: "#c5362b",
  crashed: "#7d1f17",
  running: "#1f77c9",
  waiting: "#c98a1a",
  drained: "#9aa5b1",
  cancelled: "#9aa5b1",
  skipped: "#c3cad2",
  undone: "#b39ddb",
  reused: "#7fbf9a",
};

type Line = { readonly name: string; readonly rows: TimelineRow[] };

/** Bars over time, one line a step; items of a mapped step and the runs of a nested workflow share their line. */
export function gantt(rows: readonly TimelineRow[], endAt: number): { readonly svg: string; readonly left: number } {
  const lines = linesOf(rows);
  const shown = lines.slice(0, mostLines);
  const start = rows.reduce((least, row) => Math.min(least, row.startedAt), Number.POSITIVE_INFINITY);
  const end = rows.reduce((most, row) => Math.max(most, row.endedAt ?? endAt), start + 1);
  const x = (at: number): number => nameWidth + ((at - start) / (end - start)) * barsWidth;
  const height = top + shown.length * lineHeight + 10;
  const width = nameWidth + barsWidth + 20;
  let bars = 0;
  const parts = shown.map((line, at) => {
    const y = top + at * lineHeight;
    const drawn = line.rows.slice(0, Math.max(0, mostBars - bars));
    bars += drawn.length;
    const name = `<text x="${nameWidth - 8}" y="${y + 13}" text-anchor="end">${esc(cut(line.name))}<title>${esc(line.name)}</title></text>`;
    return name + drawn.map((row) => bar(row, x(row.startedAt), x(row.endedAt ?? endAt), y)).join("");
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${esc(`Timeline of ${lines.length} steps over ${durationText(end - start)}`)}" font-family="system-ui,sans-serif" font-size="11">
${ticks(end - start, height)}
${parts.join("\n")}
</svg>`;
  const left = lines.length - shown.length + (rows.length > mostBars ? rows.length - bars : 0);
  return { svg, left };
}

function linesOf(rows: readonly TimelineRow[]): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const name = row.step.replace(/\[\d+\]/g, "");
    const line = lines.get(name);
    if (line === undefined) lines.set(name, { name, rows: [row] });
    else line.rows.push(row);
  }
  return [...lines.values()];
}

function bar(row: TimelineRow, from: number, to: number, y: number): string {
  const width = Math.max(1.5, to - from);
  const took = row.endedAt === null ? "goes on" : durationText(row.endedAt - row.startedAt);
  const tries = row.attempt > 1 ? `, attempt ${row.attempt}` : "";
  const cached = row.cached ? ", from the cache" : "";
  const [height, inset] = row.nested ? [5, 7] : [12, 3];
  const fill = colours[row.cached ? "reused" : row.status] ?? "#9aa5b1";
  const said = `${row.step}: ${row.status}${cached}${tries}, ${took}`;
  return `<rect x="${from.toFixed(1)}" y="${y + inset}" width="${width.toFixed(1)}" height="${height}" rx="2" fill="${fill}"><title>${esc(said)}</title></rect>`;
}

function ticks(spanMs: number, height: number): string {
  const step = roundStep(spanMs / 6);
  const marks: string[] = [];
  for (let at = 0; at <= spanMs; at += step) {
    const x = (nameWidth + (at / spanMs) * barsWidth).toFixed(1);
    marks.push(
      `<line x1="${x}" y1="${top - 6}" x2="${x}" y2="${height - 6}" stroke="#e3e8ee"/><text x="${x}" y="14" text-anchor="middle" fill="#5a6775">${esc(durationText(at))}</text>`,
    );
  }
  return marks.join("");
}

function roundStep(wanted: number): number {
  const units = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 108e5, 216e5,
    432e5, 864e5,
  ];
  return units.find((one) => one >= wanted) ?? Math.ceil(wanted / 864e5) * 864e5;
}

function cut(name: string): string {
  return name.length <= 36 ? name : `${name.slice(0, 17)}…${name.slice(-18)}`;
}
