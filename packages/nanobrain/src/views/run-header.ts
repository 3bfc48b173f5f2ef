import type { Look } from "../terminal/terminal.js";
import { fitMiddle, oneLine, textWidth } from "../terminal/text-width.js";

export type RunHeader = {
  readonly workflow: string;
  readonly name: string;
  readonly id: string;
  readonly strategy: string;
};

/** `review · brave-franklin · 01JD7K3W        graph strategy`: what does not fit is left out from the right. */
export function headerLine(header: RunHeader, look: Look): string {
  const { marks, paint, width } = look;
  const dot = ` ${marks.dot} `;
  const id = header.id.slice(0, 8);
  const right = `${header.strategy.replace("_", "-")} strategy`;
  const room = width - textWidth(header.name) - textWidth(dot) - 2;
  const workflow = fitMiddle(oneLine(header.workflow), Math.max(8, room), marks.ellipsis);
  const left = `${workflow}${dot}${header.name}`;
  const withId = `${left}${dot}${id}`;
  const bold = `${paint.bold(workflow)}${dot}${header.name}`;
  const gap = width - 2 - textWidth(withId) - textWidth(right);
  if (gap >= 2) return `  ${bold}${paint.dim(`${dot}${id}${" ".repeat(gap)}${right}`)}`;
  return textWidth(withId) + 2 <= width ? `  ${bold}${paint.dim(`${dot}${id}`)}` : `  ${bold}`;
}
