import type { StepPorts } from "../contracts/component.js";
import type { StepEntry } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import { ownField } from "./own-field.js";
import { portTypeProblem } from "./port-type.js";

/** A fallback stands in for the step: it takes no more, and gives no less. */
export function checkFallback(scope: Scope, entry: StepEntry, ports: StepPorts, fallback: StepPorts): void {
  const path = entry.fallback === undefined ? entry.path : [...entry.fallback.path, "class"];
  const report = (what: string) => fault(scope, "E_PORT", path, `Cannot fall back from ${entry.name}: ${what}`);
  for (const [name, port] of Object.entries(fallback.inputs)) {
    const fed = ownField(ports.inputs, name) ?? entry.inputs.find((input) => input.port === name);
    const needed = port.optional !== true && port.default === undefined;
    if (fed === undefined && needed && !ports.openInputs)
      report(`the fallback requires input "${name}", the step has none`);
    const problem = portTypeProblem(ownField(ports.inputs, name)?.schema, port.schema);
    if (problem !== undefined) report(`for input "${name}" ${problem}`);
  }
  for (const [name, port] of Object.entries(ports.outputs)) {
    const given = ownField(fallback.outputs, name);
    if (given === undefined && !fallback.openOutputs && port.optional !== true)
      report(`the step gives output "${name}", the fallback does not`);
    const problem = portTypeProblem(given?.schema, port.schema);
    if (problem !== undefined) report(`of output "${name}" ${problem}`);
  }
}
