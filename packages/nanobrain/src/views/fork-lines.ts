import type { ForkedRun } from "@nanobrain/engine";
import type { Look } from "../terminal/terminal.js";
import { wrap } from "../terminal/text-width.js";

const namedAtMost = 12;

/** What a fork took over, and what runs and why; steps that only follow others are counted. */
export function forkLines({ shared, again }: Pick<ForkedRun, "shared" | "again">, look: Look): string[] {
  const causes = again.filter((one) => !one.reason.startsWith("it follows "));
  const followers = again.length - causes.length;
  const lines = [
    `shared  ${shared.length === 0 ? "nothing" : `${shared.length}: ${listed(shared)}`}`,
    ...causes.slice(0, namedAtMost).map(({ step, reason }) => `runs    ${step}: ${reason}`),
    ...(causes.length > namedAtMost ? [`runs    and ${causes.length - namedAtMost} more`] : []),
    ...(followers > 0 ? [`runs    ${followers} that ${followers === 1 ? "follows" : "follow"} them`] : []),
    ...(again.length === 0 ? ["runs    nothing: all is as it was"] : []),
  ];
  return lines.flatMap((line) => wrap(line, look.width)).map((line) => look.paint.dim(line));
}

function listed(names: readonly string[]): string {
  const more = names.length > namedAtMost ? ` and ${names.length - namedAtMost} more` : "";
  return names.slice(0, namedAtMost).join(", ") + more;
}
