import picocolors from "picocolors";
import type { Look, Marks } from "./terminal.js";

const pictures: Marks = {
  done: "✔",
  failed: "✖",
  waiting: "·",
  skipped: "─",
  paused: "‖",
  retrying: "↻",
  trigger: "›",
  queue: "≡",
  full: "━",
  empty: "─",
  running: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
  ellipsis: "…",
  dot: "·",
  plusMinus: "±",
  times: "×",
};

const letters: Marks = {
  done: "+",
  failed: "x",
  waiting: ".",
  skipped: "-",
  paused: "=",
  retrying: "~",
  trigger: ">",
  queue: ":",
  full: "#",
  empty: ".",
  running: ["*", "o"],
  ellipsis: "...",
  dot: "-",
  plusMinus: "+/-",
  times: "x",
};

export type LookOptions = {
  readonly width: number;
  readonly height?: number;
  readonly color: "on" | "off";
  readonly marks: "unicode" | "ascii";
};

const narrowest = 40;
const widest = 200;

export function makeLook({ width, height, color, marks }: LookOptions): Look {
  const { bold, dim, red, green, yellow, cyan } = picocolors.createColors(color === "on");
  return {
    width: Math.min(widest, Math.max(narrowest, width)),
    height: Math.max(6, height ?? 24),
    paint: { bold, dim, red, green, yellow, cyan },
    marks: marks === "unicode" ? pictures : letters,
  };
}
