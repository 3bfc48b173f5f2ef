import type { Channel } from "./terminal.js";

export type GatheredLines = {
  readonly line: (text: string) => void;
  /** Writes what is left. */
  readonly flush: () => void;
};

/** Lines that come at once are written together, but for the first, which nobody should have to wait for. */
export function gatheredLines(channel: Channel): GatheredLines {
  let waiting: string[] = [];
  let gathers = false;
  const flush = (): void => {
    const text = waiting.join("");
    waiting = [];
    if (text !== "") channel.write(text);
  };
  return {
    line(text) {
      if (gathers) waiting.push(`${text}\n`);
      else channel.line(text);
      if (gathers) return;
      gathers = true;
      queueMicrotask(() => {
        gathers = false;
        flush();
      });
    },
    flush,
  };
}
