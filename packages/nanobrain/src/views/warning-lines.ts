import type { RunSummary } from "@nanobrain/engine/observe";
import type { Look } from "../terminal/terminal.js";
import { oneLine, wrap } from "../terminal/text-width.js";

const shown = 10;

/** Warnings of a run, equal ones once, with their number. */
export function warningLines(warnings: RunSummary["warnings"], look: Look): string[] {
  const counted = new Map<string, number>();
  for (const { code, message } of warnings) {
    const text = `${code} ${oneLine(message)}`;
    counted.set(text, (counted.get(text) ?? 0) + 1);
  }
  const lines = [...counted].slice(0, shown).flatMap(([text, count]) => {
    const told = count === 1 ? text : `${text} (${count} times)`;
    return wrap(told, look.width - 10).map(
      (line, part) => `${part === 0 ? look.paint.yellow("  warning") : "         "} ${line}`,
    );
  });
  return counted.size > shown ? [...lines, `          and ${counted.size - shown} more warnings`] : lines;
}
