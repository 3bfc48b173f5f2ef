import type { Path } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft, NodeDraft } from "./draft.js";
import { nameHint } from "./hint.js";
import { checkCondition } from "./link-condition.js";
import { portTypeProblem } from "./port-type.js";

/** The condition and the ports that `repeat` names. */
export async function checkRepeats(scope: Scope, draft: Draft): Promise<void> {
  for (const node of draft.nodes) {
    const repeat = node.step?.entry.repeat;
    if (repeat === undefined) continue;
    const at = [...node.path, "repeat"];
    const fields = node.known && !node.openOutputs ? [...node.outs.keys()] : undefined;
    if (repeat.until !== undefined)
      await checkCondition(scope, repeat.until, [...at, "until"], fields, "written", "an output of the step");
    for (const [output, input] of Object.entries(repeat.carry)) {
      const path = [...at, "carry", output];
      if (fields !== undefined && !fields.includes(output)) {
        const hint = nameHint(scope.compilation, output, fields);
        fault(scope, "E_PORT", path, `Step ${node.name} has no output "${output}"`, hint);
      }
      checkCarry(scope, node, output, input, path);
    }
  }
}

/** Each item of a map loops by itself: its rounds see one item, not the list. */
function checkCarry(scope: Scope, node: NodeDraft, output: string, input: string, path: Path): void {
  const map = node.step?.entry.forEach;
  if (map !== undefined && input === map.over && map.over !== map.as) {
    const message = `Cannot carry ${output} to ${input}: for_each takes its items there, and each item loops by itself`;
    fault(scope, "E_CONFLICT", path, message, { hint: `carry it to ${map.as} or to another input` });
    return;
  }
  if (map?.as === input) return;
  const port = node.ports.get(input);
  if (port === undefined) {
    if (!node.known || node.openInputs) return;
    const hint = nameHint(scope.compilation, input, [...node.ports.keys()]);
    fault(scope, "E_PORT", path, `Step ${node.name} has no input "${input}"`, hint);
    return;
  }
  const problem = portTypeProblem(node.outs.get(output)?.schema, port.schema);
  if (problem === undefined) return;
  const ends = `${node.name}.${output} to ${node.name}.${input}`;
  fault(scope, "E_PORT_TYPE", path, `Cannot carry ${ends}: ${problem}`);
}
