import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { Plan, PlanTrigger } from "../../plan/plan.js";
import { runInputs } from "../run-inputs.js";
import { inputsFor } from "./reacting-run.js";
import type { ServeOptions } from "./served.js";

/**
 * The inputs of a run that a trigger starts. An object brings those of its keys that are input units; any other payload goes to the unit
 * of the trigger's name, else to the one that feeds the port the trigger names, else to the only required one. Fails with E_INPUT.
 */
export function startInputs(
  plan: Plan,
  trigger: PlanTrigger,
  payload: Json | undefined,
  options: ServeOptions,
): { readonly [unit: string]: Json } {
  const inputs = inputsFor(plan, options);
  if (payload === undefined) return inputs;
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload))
    return { ...inputs, ...(payload as JsonObject) };
  const unit = unitFor(plan, trigger, inputs);
  if (unit !== undefined) return { ...inputs, [unit]: payload };
  const problem = `the payload of trigger ${trigger.name} has no input to go to`;
  const hint = `name an input unit ${trigger.name}, or let step_targets name the port that it feeds`;
  throw nanobrainError("E_INPUT", { workflow: plan.name, problem, missing: [], unknown: [] }, { hint });
}

function unitFor(plan: Plan, trigger: PlanTrigger, given: { readonly [unit: string]: Json }): string | undefined {
  const known = runInputs(plan);
  if (known.some(({ name }) => name === trigger.name)) return trigger.name;
  const root = plan.workflows[0];
  for (const { node, feeds } of trigger.targets) {
    const fed = root?.nodes[node]?.ports.find((port) => feeds.some((feed) => feed.port === port.name));
    const source = root?.nodes[root.links[fed?.links[0] ?? -1]?.from.node ?? -1]?.name;
    if (known.some(({ name }) => name === source)) return source;
  }
  const required = known.filter(({ name, required: needed }) => needed && given[name] === undefined);
  return required.length === 1 ? required[0]?.name : undefined;
}
