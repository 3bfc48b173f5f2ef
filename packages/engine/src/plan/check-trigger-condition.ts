import type { Path } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";
import { nameHint } from "./hint.js";
import { checkCondition } from "./link-condition.js";

/** What is measured of a run and of each of its steps. */
const measures = ["error_rate", "throughput", "duration_ms", "queued", "running"];

/** A trigger's condition sees data units by name, and metrics of the run and of its steps. */
export async function checkTriggerCondition(scope: Scope, draft: Draft, text: string, at: Path): Promise<void> {
  const units = [...draft.byName.values(), ...draft.outputsByName.values()].filter((node) => node.kind !== "step");
  const names = [...new Set(units.map((node) => node.name)), "metrics"];
  const fine = await checkCondition(scope, text, at, names, "written", "a data unit or metrics");
  if (fine) checkMetrics(scope, draft, text, at);
}

function checkMetrics(scope: Scope, draft: Draft, text: string, at: Path): void {
  const steps = [...draft.byName.values()].filter((node) => node.kind === "step").map((node) => node.name);
  for (const found of text.matchAll(/\bmetrics\.(\w+)(?:\.(\w+))?(?:\.(\w+))?/g)) {
    const [whole, part = "", second, third] = found;
    const refuse = (name: string, what: string, known: readonly string[]) => {
      const place = { offset: found.index + whole.lastIndexOf(name), length: name.length };
      fault(scope, "E_EXPR_NAME", at, `"${name}" is no ${what}`, {
        ...nameHint(scope.compilation, name, known),
        ...place,
      });
    };
    if (part !== "run" && part !== "steps") refuse(part, "part of metrics", ["run", "steps"]);
    else if (part === "steps" && second !== undefined && !steps.includes(second)) refuse(second, "step", steps);
    const measure = part === "run" ? second : third;
    if (measure !== undefined && !measures.includes(measure)) refuse(measure, "metric", measures);
  }
}
