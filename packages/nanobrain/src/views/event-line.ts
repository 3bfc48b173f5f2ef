import { durationText, type Narration } from "@nanobrain/engine";
import type { LogLine } from "@nanobrain/engine/observe";
import type { Channel, Look } from "../terminal/terminal.js";
import { fitEnd, oneLine, pad } from "../terminal/text-width.js";

/** `  17   1.2s  attempt.succeeded  read[1]  done in 0.4s`; on a terminal cut to its width, without the type on a narrow one. */
export function eventLine(told: Narration, type: string, start: number, channel: Channel): string {
  const { look } = channel;
  const head = `${pad(String(told.seq), 5, "right")} ${pad(durationText(told.at - start), 7, "right")}`;
  const kind = channel.isTerminal && look.width < 64 ? "" : `${pad(type, 19)} `;
  const rest = `${kind}${told.step === "" ? "" : `${oneLine(told.step)}  `}${oneLine(told.text)}`;
  const cut = channel.isTerminal ? fitEnd(rest, look.width - head.length - 2, look.marks.ellipsis) : rest;
  return `${look.paint.dim(head)}  ${levelPaint(told.level, look)(cut)}`.trimEnd();
}

/** `  1.2s  warn  read[1]  failed: 429`. */
export function logLine(line: LogLine, start: number, channel: Channel): string {
  const { look } = channel;
  const head = `${pad(durationText(line.at - start), 7, "right")}  ${pad(line.level, 5)}`;
  const rest = `${line.step === "" ? "run" : oneLine(line.step)}  ${oneLine(line.text)}`;
  return `${look.paint.dim(head)}  ${levelPaint(line.level, look)(rest)}`;
}

function levelPaint(level: Narration["level"], look: Look): (text: string) => string {
  switch (level) {
    case "error":
      return look.paint.red;
    case "warn":
      return look.paint.yellow;
    case "debug":
      return look.paint.dim;
    case "info":
      return (text) => text;
  }
}
