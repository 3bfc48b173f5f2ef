import type { AttemptRequest } from "../../contracts/executor.js";
import type { Plan } from "../../plan/plan.js";
import type { Scenario } from "./scenario.js";
import type { SimulatedProcess } from "./simulated-process.js";
import { isUndo } from "./simulated-step.js";

/**
 * What is wrong when an attempt begins: it runs already, or those that run take more than there is. Transforms of links and what undoes
 * work are not admitted.
 */
export function roomFaults(process: SimulatedProcess, scenario: Scenario, request: AttemptRequest): readonly string[] {
  const faults: string[] = [];
  if (!isTransform(request) && process.executors.some(({ running }) => running.has(request.id)))
    faults.push(`attempt ${request.id} runs twice at once`);
  // Who is held back gives its lane away, and does not wait for another.
  if (scenario.runs.some(({ plan }) => mayBeHeld(plan))) return faults;
  for (const { running, lanes, name } of process.executors) {
    const attempts = [...running.values()].filter((one) => !isTransform(one) && !isUndo(one));
    if (attempts.length > lanes) faults.push(`${attempts.length} attempts on the ${lanes} lanes of ${name}`);
  }
  const taken = process.executors.flatMap(({ running }) => [...running.values()].map(tokensOf));
  const tokens = taken.reduce((sum, one) => sum + one, 0);
  const size = scenario.runs[0]?.plan.pools[0]?.size ?? 0;
  if (tokens > size) faults.push(`attempts take ${tokens} of ${size} tokens`);
  return faults;
}

function tokensOf({ component }: AttemptRequest): number {
  return Number(component.config["tokens"] ?? 0);
}

function isTransform({ component }: AttemptRequest): boolean {
  return component.class === "built.Transform";
}

function mayBeHeld(plan: Plan): boolean {
  return plan.workflows.some(({ queues }) => queues.length > 0);
}
