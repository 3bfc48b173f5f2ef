import { toJson } from "../adapters/executors/to-json.js";
import { issuesText, type StandardSchema } from "../components/standard-schema.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { Plan, PlanNode } from "../plan/plan.js";
import { refusal } from "../values/check-value.js";

export type RunInput = { readonly name: string; readonly required: boolean; readonly node: PlanNode };

/** The workflow's input units, in document order. */
export function runInputs(plan: Plan): RunInput[] {
  const root = plan.workflows[0];
  return (root?.inputs ?? []).flatMap((index) => {
    const node = root?.nodes[index];
    if (node === undefined) return [];
    const port = node.ports[0];
    return [{ name: node.name, required: port?.default === undefined && port?.optional !== true, node }];
  });
}

/** Values as large as the caller could make them; what is no JSON would become another value on its way. */
const inputLimits = { maxBytes: Number.POSITIVE_INFINITY, maxDepth: 256, maxContainers: Number.POSITIVE_INFINITY };

/** Fails with E_INPUT, naming every input that is missing, unknown or does not fit its schema. */
export async function checkInputs(plan: Plan, given: { readonly [unit: string]: Json }): Promise<void> {
  if (plan.workflows[0]?.inputs.length === 0 && Object.keys(given).length === 0) return;
  const inputs = runInputs(plan);
  const known = new Map(inputs.map((input) => [input.name, input]));
  const missing = inputs
    .filter((input) => input.required && given[input.name] === undefined)
    .map((input) => input.name);
  const unknown = Object.keys(given).filter((name) => !known.has(name));
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`required input ${missing.join(", ")} is missing`);
  if (unknown.length > 0)
    problems.push(`there is no input ${unknown.join(", ")} (inputs: ${[...known.keys()].join(", ") || "none"})`);
  for (const [name, value] of Object.entries(given)) {
    const json = value === undefined ? undefined : toJson(value, inputLimits);
    if (json?.ok === false) {
      problems.push(`input ${name}${json.path === "" ? "" : ` at ${json.path}`}: ${json.what}`);
      continue;
    }
    const refused = await refusal(known.get(name)?.node.ports[0]?.schema, value, `input ${name}`);
    if (refused !== undefined) problems.push(refused.message);
  }
  if (problems.length === 0) return;
  const details: JsonObject = { workflow: plan.name, problem: problems.join("; "), missing, unknown };
  const hint = missing.map((name) => `-i ${name}=...`).join(" ");
  throw nanobrainError("E_INPUT", details, hint === "" ? {} : { hint });
}

/** Fails with E_INPUT where a value does not fit the caller's own schema, which may check more than its JSON Schema can say. */
export async function checkGiven(
  plan: Plan,
  given: { readonly [unit: string]: Json },
  schemas: { readonly [unit: string]: StandardSchema },
): Promise<void> {
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    if (given[name] === undefined) continue;
    const result = await schema["~standard"].validate(given[name]);
    if (result.issues !== undefined) problems.push(`input ${name}: ${issuesText(result.issues)}`);
  }
  if (problems.length === 0) return;
  throw nanobrainError("E_INPUT", { workflow: plan.name, problem: problems.join("; "), missing: [], unknown: [] });
}
