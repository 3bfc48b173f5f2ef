import type { Finding } from "../doctor/finding.js";
import type { Look } from "../terminal/terminal.js";
import { fitMiddle, oneLine, pad, textWidth, wrap } from "../terminal/text-width.js";

/** What was looked at, by area; what is wrong comes last. */
export function findingLines(findings: readonly Finding[], look: Look): string[] {
  const ordered = [...findings].sort((a, b) => Number(a.level === "bad") - Number(b.level === "bad"));
  const width = Math.min(24, Math.max(...ordered.map((one) => textWidth(one.subject))));
  return ordered.flatMap((one) => {
    const subject = pad(fitMiddle(oneLine(one.subject), width, look.marks.ellipsis), width);
    const [first = "", ...rest] = wrap(oneLine(one.text), Math.max(16, look.width - width - 6));
    const indent = " ".repeat(width + 6);
    return [`  ${markOf(one, look)} ${subject}  ${first}`, ...rest.map((line) => indent + line)];
  });
}

function markOf(finding: Finding, look: Look): string {
  const { marks, paint } = look;
  switch (finding.level) {
    case "good":
      return paint.green(marks.done);
    case "note":
      return paint.dim(marks.waiting);
    case "bad":
      return paint.red(marks.failed);
  }
}
