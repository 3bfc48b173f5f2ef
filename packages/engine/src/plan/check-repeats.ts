import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { nameHint } from "./hint.js";
import { checkCondition } from "./link-condition.js";

/** The condition and the ports that `repeat` names. */
export async function checkRepeats(scope: Scope, draft: Draft): Promise<void> {
  for (const node of draft.nodes) {
    const repeat = node.step?.entry.repeat;
    if (repeat === undefined) continue;
    const at = [...node.path, "repeat"];
    const outs = [...node.outs.keys()];
    const fields = node.known && !node.openOutputs ? outs : undefined;
    if (repeat.until !== undefined) await checkCondition(scope, repeat.until, [...at, "until"], fields);
    for (const [output, input] of Object.entries(repeat.carry)) {
      const path = [...at, "carry", output];
      if (fields !== undefined && !fields.includes(output))
        fault(
          scope,
          "E_PORT",
          path,
          `Step ${node.name} has no output "${output}"`,
          nameHint(scope.compilation, output, fields),
        );
      if (node.known && !node.openInputs && !node.ports.has(input)) {
        const hint = nameHint(scope.compilation, input, [...node.ports.keys()]);
        fault(scope, "E_PORT", path, `Step ${node.name} has no input "${input}"`, hint);
      }
    }
  }
}
