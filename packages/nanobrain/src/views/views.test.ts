import type { RunSummary, TriggerReport } from "@nanobrain/engine/observe";
import { describe, expect, it } from "vitest";
import { outputLines } from "../outputs/output-lines.js";
import { makeLook } from "../terminal/look.js";
import type { Channel, Look } from "../terminal/terminal.js";
import { textWidth } from "../terminal/text-width.js";
import { endLines } from "./end-line.js";
import { eventLine, logLine } from "./event-line.js";
import { failureLines } from "./failure-block.js";
import { findingLines } from "./finding-lines.js";
import { headerLine } from "./run-header.js";
import { runsTable } from "./runs-table.js";
import { stepRows } from "./step-rows.js";
import { triggerLines } from "./trigger-lines.js";
import { facts, findings, now, progress, reacting, runs, summary, why, whyReacting } from "./views.test.samples.js";
import { warningLines } from "./warning-lines.js";
import { whyLines } from "./why-lines.js";

const channelOf = (look: Look): Channel => ({ write: () => undefined, line: () => undefined, isTerminal: true, look });
const told = [
  { seq: 7, at: now - 8000, level: "info", step: "read[41]", text: "done in 0.4s · 3 notes" },
  {
    seq: 1234,
    at: now,
    level: "warn",
    step: "outer[3]/inner",
    text: "failed: 429 Too many requests, and a long text follows that goes on and on",
  },
  { seq: 1235, at: now, level: "debug", step: "", text: "stage\u001b[2J" },
  { seq: 1236, at: now, level: "error", step: "", text: "failed: no room" },
] as const;

const rows = (look: Look): string[] => stepRows(progress, look, { now, frame: 2, most: 20 });
const header = { workflow: "review", name: "brave-franklin", id: summary.run_id, strategy: "graph" };
const triggered: TriggerReport = {
  name: "hourly",
  kind: "data_updated",
  state: "error_handling",
  fired: 2,
  lastFiredAt: now - 20_000,
  dueAt: now + 90_000,
  transitions: Array.from({ length: 14 }, (_, index) => ({
    from: index % 2 === 0 ? "monitoring" : "error_handling",
    to: index % 2 === 0 ? "error_handling" : "monitoring",
    at: now - 50_000 + index * 1000,
    reason: "E_PATH there is no folder of that name\u001b[2J",
  })),
};
const completed: RunSummary = { ...summary, status: "completed", failures: [] };

const views: { readonly [name: string]: (look: Look) => readonly string[] } = {
  running: (look) => [headerLine(header, look), ...rows(look)],
  folded: (look) => stepRows(progress, look, { now, frame: 0, most: 6 }),
  reacting: (look) => stepRows(reacting, look, { now, frame: 2, most: 20 }),
  trigger: (look) => triggerLines(triggered, now - 60_000, now, look),
  "why-reacting": (look) => whyLines(whyReacting, look),
  stopped: (look) => stepRows(progress, look, { now, frame: null, most: 4 }),
  done: (look) => endLines(completed, look, ["results/report.html"]),
  failed: (look) => [...endLines(summary, look, []), ...failureLines(summary, facts, 42, look)],
  "passed-over": (look) =>
    failureLines(
      { ...completed, failures: summary.failures },
      facts.map((one) => ({ ...one, handling: "continue" })),
      42,
      look,
    ),
  warnings: (look) => warningLines(summary.warnings, look),
  runs: (look) => runsTable(runs, look, now),
  why: (look) => whyLines(why, look),
  events: (look) => told.map((one) => eventLine(one, "attempt.failed", now - 9000, channelOf(look))),
  logs: (look) => told.map((one) => logLine({ ...one, from: "journal" }, now - 9000, channelOf(look))),
  outputs: (look) =>
    outputLines({ title: "plain", rows: [1, 2, 3], text: "a\nb".repeat(60) }, [], channelOf(look), "/"),
  doctor: (look) => findingLines(findings, look),
};

const escapeCode = String.fromCharCode(27);
const colors = new RegExp(`${escapeCode}\\[\\d+m`, "g");

describe.each(Object.keys(views))("view %s", (name) => {
  const draw = (look: Look): readonly string[] => views[name]?.(look) ?? [];
  const plain = (width: number): readonly string[] => draw(makeLook({ width, color: "off", marks: "unicode" }));

  it("golden text at 40, 80 and 120 columns, in letters, and in colour", async () => {
    const sections = [40, 80, 120].map((width) => `== ${width} columns\n${plain(width).join("\n")}`);
    const letters = draw(makeLook({ width: 80, color: "off", marks: "ascii" }));
    const colored = draw(makeLook({ width: 80, color: "on", marks: "unicode" }));
    const all = [
      ...sections,
      `== letters\n${letters.join("\n")}`,
      `== colours\n${colored.join("\n").replaceAll(escapeCode, "<ESC>")}`,
    ];
    await expect(`${all.join("\n\n")}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it("colours: take no room, and change no character", () => {
    for (const width of [40, 80, 120]) {
      const colored = draw(makeLook({ width, color: "on", marks: "unicode" })).map((line) => line.replace(colors, ""));
      expect(colored.map((line) => line.trimEnd())).toEqual(plain(width).map((line) => line.trimEnd()));
    }
  });

  it("control characters of foreign text: none reaches the terminal", () => {
    expect(plain(80).join("")).not.toContain(escapeCode);
  });
});

describe("views on narrow terminals", () => {
  it.each(["running", "folded", "reacting", "stopped", "runs", "doctor"])(
    "%s: no line is wider than the terminal",
    (name) => {
      for (let width = 40; width <= 200; width += 7) {
        const lines = views[name]?.(makeLook({ width, color: "off", marks: "unicode" })) ?? [];
        expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(width);
      }
    },
  );

  it("folding: what runs or failed stays, and every hidden step is counted", () => {
    const lines = views["folded"]?.(makeLook({ width: 80, color: "off", marks: "unicode" })) ?? [];
    expect(lines.filter((line) => /read|grade|extract/.test(line))).toHaveLength(3);
    expect(lines).toContain("  · and 2 more running, 1 more waiting, 2 more done, 1 more skipped");
  });
});
