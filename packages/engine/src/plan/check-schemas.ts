import type { Json, JsonSchema } from "../contracts/json.js";
import type { Path, StepEntry, UnitEntry } from "../document/document.js";
import { checkSchema, problemText, validateValue } from "../expression/json-schema.js";
import { fault, type Scope } from "./compilation.js";
import type { Draft } from "./draft.js";

/** The schemas that a document says: whether they can be used, and whether the defaults and constants beside them fit. */
export async function checkSchemas(scope: Scope, draft: Draft): Promise<void> {
  for (const unit of scope.document.units) await checkUnit(scope, draft, unit);
  for (const step of scope.document.steps) await checkStep(scope, draft, step);
  for (const link of draft.links) {
    if (link.kind !== "transform") continue;
    await usable(scope, link.inputSchema, [...link.path, "config", "input_schema"]);
    await usable(scope, link.outputSchema, [...link.path, "config", "output_schema"]);
  }
}

async function checkUnit(scope: Scope, draft: Draft, unit: UnitEntry): Promise<void> {
  const names = unit.section === "output_data_units" ? draft.outputsByName : draft.byName;
  const schema = names.get(unit.name)?.ports.get("value")?.schema ?? unit.schema;
  if (!(await usable(scope, unit.schema, settingPath(scope, unit, "schema")))) return;
  if (unit.default === undefined) return;
  await fits(scope, schema, unit.default.value, settingPath(scope, unit, "default"), `The default of ${unit.name}`);
}

/** A unit's settings stand beside its class or in its config. */
function settingPath(scope: Scope, unit: UnitEntry, key: string): Path {
  const inside = [...unit.configPath, key];
  const { line, column } = scope.document.places.of(inside);
  const outer = scope.document.places.of(unit.configPath, "key");
  return line === outer.line && column === outer.column ? [...unit.path, key] : inside;
}

async function checkStep(scope: Scope, draft: Draft, step: StepEntry): Promise<void> {
  for (const output of step.outputs)
    await usable(scope, output.schema, [...step.path, "outputs", output.port, "schema"]);
  for (const input of step.inputs) {
    if (!(await usable(scope, input.schema, [...input.path, "schema"]))) continue;
    if (input.default === undefined) continue;
    const schema = draft.byName.get(step.name)?.ports.get(input.port)?.schema;
    const at = input.constant ? input.path : [...input.path, "default"];
    await fits(scope, schema, input.default.value, at, `The value for ${step.name}.${input.port}`);
  }
}

/** False: a schema that cannot be used, reported. */
export async function usable(scope: Scope, schema: JsonSchema | undefined, at: Path): Promise<boolean> {
  if (schema === undefined) return true;
  const problems = await checkSchema(schema);
  const [first] = problems;
  if (first !== undefined) fault(scope, "E_TYPE", at, `This JSON Schema cannot be used: ${problemText(first)}`);
  return problems.length === 0;
}

async function fits(scope: Scope, schema: JsonSchema | undefined, value: Json, at: Path, what: string): Promise<void> {
  if (schema === undefined || (await checkSchema(schema)).length > 0) return;
  const [problem] = await validateValue(schema, value);
  if (problem !== undefined) fault(scope, "E_TYPE", at, `${what} does not fit its schema: ${problemText(problem)}`);
}
