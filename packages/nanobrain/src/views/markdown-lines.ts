import type { Look } from "../terminal/terminal.js";
import { oneLine, wrap } from "../terminal/text-width.js";

/** Markdown as it reads well on a terminal: rows of tables become entries with their last cell below them; the rest stays. */
export function markdownLines(text: string, look: Look): string[] {
  const lines: string[] = [];
  let isHead = true;
  for (const line of text.split("\n")) {
    const cells = cellsOf(line);
    if (cells === undefined) {
      isHead = true;
      lines.push(/^#+ /.test(line) ? look.paint.bold(line.replace(/^#+ /, "")) : line);
    } else if (cells.every((cell) => /^:?-+:?$/.test(cell))) isHead = false;
    else if (!isHead) lines.push(...entryLines(cells, look));
  }
  return lines;
}

/** Undefined: the line is no row of a table. A `|` that is escaped belongs to its cell. */
function cellsOf(line: string): readonly string[] | undefined {
  if (!/^\|.*\|$/.test(line)) return undefined;
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function entryLines(cells: readonly string[], look: Look): string[] {
  const [name = "", ...rest] = cells;
  const meaning = rest.pop() ?? "";
  const facts = rest.filter((cell) => cell !== "").join(", ");
  const head = `  ${look.paint.bold(plain(name))}${facts === "" ? "" : `  ${look.paint.dim(plain(facts))}`}`;
  return [head, ...wrap(plain(meaning), look.width - 6).map((line) => `      ${line}`)];
}

function plain(text: string): string {
  return oneLine(text.replaceAll("`", ""));
}
