import type { StepPorts } from "../contracts/component.js";
import type { StepEntry } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { ownField } from "./own-field.js";
import { portTypeProblem } from "./port-type.js";

/** A fallback stands in for its step: it takes no more, and gives what links read. */
export function checkFallbacks(scope: Scope, draft: Draft): void {
  for (const { known, step, namedOuts } of draft.nodes) {
    if (!known || step?.standIn === undefined) continue;
    const { declared, fallback } = step.standIn;
    checkInputs(scope, step.entry, declared, fallback);
    checkOutputs(scope, step.entry, declared, fallback, namedOuts);
  }
}

function report(scope: Scope, entry: StepEntry, what: string): void {
  const path = entry.fallback === undefined ? entry.path : [...entry.fallback.path, "class"];
  fault(scope, "E_PORT", path, `Cannot fall back from ${entry.name}: ${what}`);
}

function checkInputs(scope: Scope, entry: StepEntry, ports: StepPorts, fallback: StepPorts): void {
  for (const [name, port] of Object.entries(fallback.inputs)) {
    const fed = ownField(ports.inputs, name) ?? entry.inputs.find((input) => input.port === name);
    const needed = port.optional !== true && port.default === undefined;
    if (fed === undefined && needed && !ports.openInputs)
      report(scope, entry, `the fallback requires input "${name}", the step has none`);
    const problem = portTypeProblem(ownField(ports.inputs, name)?.schema, port.schema);
    if (problem !== undefined) report(scope, entry, `for input "${name}" ${problem}`);
  }
}

function checkOutputs(
  scope: Scope,
  entry: StepEntry,
  ports: StepPorts,
  fallback: StepPorts,
  read: ReadonlySet<string>,
): void {
  for (const [name, port] of Object.entries(ports.outputs)) {
    const given = ownField(fallback.outputs, name);
    if (given === undefined && !fallback.openOutputs && port.optional !== true && read.has(name))
      report(scope, entry, `the step gives output "${name}", the fallback does not`);
    const problem = portTypeProblem(given?.schema, port.schema);
    if (problem !== undefined) report(scope, entry, `of output "${name}" ${problem}`);
  }
}
