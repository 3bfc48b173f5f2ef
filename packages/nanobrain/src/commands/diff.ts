import { diffRuns } from "@nanobrain/engine/observe";
import { type Call, flag, operand } from "../call.js";
import { openExisting, withRuntime } from "../open-runtime.js";
import { diffLines } from "../views/diff-lines.js";

/** Compares two runs: documents, inputs, outputs, and how their steps went. */
export function main(call: Call): Promise<number> {
  const [first, second] = [operand(call, 0), operand(call, 1)];
  return withRuntime(openExisting(call, first), async (runtime) => {
    const diff = diffRuns(await runtime.look(first), await runtime.look(second));
    const { out } = call.terminal;
    if (flag(call, "json")) out.line(JSON.stringify(diff));
    else for (const line of diffLines(diff, out.look)) out.line(line);
    return 0;
  });
}
