import type { Channel } from "./terminal.js";
import { severalLines } from "./text-width.js";

/**
 * Redraws a block of lines at the bottom of a terminal.
 * I1. At most ten redraws a second, and only when something changed or a running clock moved on.
 * I2. No line is wider than the terminal, so that the number of lines is the number of rows to go back.
 * I3. The cursor is shown again, whatever happens: `close` is called by the owner, and on the process's exit.
 */
export class LiveView {
  private readonly channel: Channel;
  private readonly draw: (frame: number) => readonly string[];
  private readonly clock: () => number;
  private rows = 0;
  private frame = 0;
  private last = "";
  private drawnAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private ticker: NodeJS.Timeout | undefined;
  private readonly restore = (): void => this.channel.write(showCursor);

  constructor(channel: Channel, draw: (frame: number) => readonly string[], clock: () => number) {
    this.channel = channel;
    this.draw = draw;
    this.clock = clock;
  }

  open(): void {
    this.channel.write(hideCursor);
    process.once("exit", this.restore);
    this.ticker = setInterval(() => this.changed(), tickMs);
    this.ticker.unref();
    this.changed();
  }

  /** Something to show: drawn now, or as soon as the last drawing is old enough. */
  changed(): void {
    if (this.timer !== undefined) return;
    const wait = this.drawnAt + betweenDrawingsMs - this.clock();
    if (wait <= 0) {
      this.redraw();
      return;
    }
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.redraw();
    }, wait);
    this.timer.unref();
  }

  /** Writes lines above the block, where they stay. The text cannot steer the terminal; `paint` colours it. */
  above(text: string, paint: (line: string) => string = (line) => line): void {
    this.channel.write(`${back(this.rows)}${paint(severalLines(text))}\n`);
    this.rows = 0;
    this.last = "";
    this.redraw();
  }

  /** Draws a last time, or takes the block away, and gives the terminal back. */
  close(ending: "keep" | "remove"): void {
    clearTimeout(this.timer);
    clearInterval(this.ticker);
    process.removeListener("exit", this.restore);
    if (ending === "keep") this.redraw();
    else this.channel.write(back(this.rows));
    this.rows = 0;
    this.channel.write(showCursor);
  }

  private redraw(): void {
    this.drawnAt = this.clock();
    const lines = this.draw(this.frame++);
    const block = lines.map((line) => `${line}\n`).join("");
    if (block === this.last) return;
    this.channel.write(`${beginUpdate}${back(this.rows)}${block}${endUpdate}`);
    this.rows = lines.length;
    this.last = block;
  }
}

const betweenDrawingsMs = 100;
/** The clocks of running steps and the turning mark move this often when nothing else happens. */
const tickMs = 250;

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
/** Terminals that know it show the whole update at once; others pass it over. */
const beginUpdate = "\u001b[?2026h";
const endUpdate = "\u001b[?2026l";

function back(rows: number): string {
  return rows === 0 ? "" : `\u001b[${rows}A\r\u001b[0J`;
}
