import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveView } from "./live-view.js";
import { makeLook } from "./look.js";
import type { Channel } from "./terminal.js";

const escapeCode = String.fromCharCode(27);
const codes = new RegExp(`(${escapeCode}\\[[?]?\\d*[a-zA-Z]|\\n|\\r)`);
const upwards = new RegExp(`^${escapeCode}\\[(\\d+)A$`);

/** A terminal's screen as far as the view uses it: lines, cursor up, clearing to the end. */
class Screen {
  readonly lines: string[] = [""];
  row = 0;
  cursorShown = true;
  writes = 0;

  write(text: string): void {
    this.writes++;
    for (const part of text.split(codes)) this.take(part);
  }

  private take(part: string): void {
    const up = upwards.exec(part);
    if (part === "\n") {
      this.row++;
      this.lines[this.row] ??= "";
    } else if (up !== null) this.row = Math.max(0, this.row - Number(up[1]));
    else if (part === "\u001b[0J") {
      this.lines.length = this.row + 1;
      this.lines[this.row] = "";
    } else if (part === "\u001b[?25l" || part === "\u001b[?25h") this.cursorShown = part.endsWith("h");
    else if (!part.startsWith("\u001b") && part !== "\r") this.lines[this.row] += part;
  }

  get text(): string {
    return this.lines.join("\n").trimEnd();
  }
}

function open(draw: () => readonly string[]) {
  const screen = new Screen();
  const look = makeLook({ width: 80, color: "off", marks: "unicode" });
  const channel: Channel = {
    write: (text) => screen.write(text),
    line: (text = "") => screen.write(`${text}\n`),
    isTerminal: true,
    look,
  };
  const view = new LiveView(channel, draw, () => Date.now());
  view.open();
  return { screen, view };
}

describe("live view", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("changes in quick succession: at most ten drawings a second, the last state shown", () => {
    let count = 0;
    const { screen, view } = open(() => [`count ${count}`]);
    const before = screen.writes;
    for (count = 1; count <= 1000; count++) {
      view.changed();
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(200);
    expect(screen.writes - before).toBeLessThanOrEqual(13);
    view.close("keep");
    expect(screen.text).toBe("count 1001");
  });

  it("nothing changed: nothing is written", () => {
    const { screen, view } = open(() => ["still"]);
    const before = screen.writes;
    view.changed();
    vi.advanceTimersByTime(5000);
    expect(screen.writes).toBe(before);
    view.close("keep");
  });

  it("block that shrinks and grows: no line of an earlier drawing is left", () => {
    let lines = ["one", "two", "three"];
    const { screen, view } = open(() => lines);
    for (const next of [["one"], ["one", "two", "three", "four"], ["end"]]) {
      lines = next;
      vi.advanceTimersByTime(300);
      view.changed();
      vi.advanceTimersByTime(300);
      expect(screen.text).toBe(next.join("\n"));
    }
    view.close("keep");
  });

  it("line above: stays there, is painted, and its text cannot steer the terminal", () => {
    const { screen, view } = open(() => ["block"]);
    view.above("said \u001b[2J", (line) => `<${line}>`);
    expect(screen.text).toBe("<said <U+001B>[2J>\nblock");
    view.close("keep");
  });

  it("closing: the cursor is shown again, the block kept or removed", () => {
    const listeners = process.listenerCount("exit");
    const kept = open(() => ["block"]);
    expect(kept.screen.cursorShown).toBe(false);
    kept.view.close("keep");
    expect([kept.screen.cursorShown, kept.screen.text]).toEqual([true, "block"]);
    const removed = open(() => ["block"]);
    removed.view.close("remove");
    expect([removed.screen.cursorShown, removed.screen.text]).toEqual([true, ""]);
    expect(process.listenerCount("exit")).toBe(listeners);
  });

  it("closed view: no timer is left", () => {
    const { view } = open(() => ["block"]);
    view.changed();
    view.close("keep");
    expect(vi.getTimerCount()).toBe(0);
  });
});
