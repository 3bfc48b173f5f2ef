import { absenceOf, isStandardSchema, jsonSchemaOf, type StandardSchema } from "../../components/standard-schema.js";
import { isStepDefinition } from "../../components/step-code.js";
import type { NamedFunction, StepDefinition } from "../../contracts/component.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { isWorkflowDefinition, type WorkflowDefinition } from "./workflow-definition.js";

type Writing = {
  readonly name: string;
  readonly steps: Set<StepDefinition>;
  readonly functions: { [name: string]: NamedFunction };
  readonly inputs: { [unit: string]: StandardSchema };
};
type Path = readonly string[];

const unitSections = ["input_data_units", "output_data_units", "data_units"] as const;

/** The data that a document would hold, and the code that stood in it, by the names it has there. */
export function writtenWorkflow(spec: { readonly name: string }): WorkflowDefinition {
  const writing: Writing = { name: spec.name, steps: new Set(), functions: {}, inputs: {} };
  const document = written(writing, withUnits(writing, spec), []) as JsonObject;
  const { name, steps, functions, inputs } = writing;
  return { kind: "workflow_definition", name, document, steps: [...steps], functions, inputs };
}

/** Units that are said by a schema alone become what a document says. */
function withUnits(writing: Writing, spec: object): { [key: string]: unknown } {
  const whole: { [key: string]: unknown } = { ...spec };
  for (const section of unitSections) {
    const units = whole[section];
    if (typeof units !== "object" || units === null) continue;
    const entries = Object.entries(units).map(([name, unit]) => [name, unitOf(writing, section, name, unit)]);
    whole[section] = Object.fromEntries(entries);
  }
  return whole;
}

function unitOf(writing: Writing, section: (typeof unitSections)[number], name: string, unit: unknown): unknown {
  const isInput = section === "input_data_units";
  const own = isStandardSchema(unit) ? unit : schemaIn(unit);
  if (own === undefined) return unit;
  if (isInput) writing.inputs[name] = own;
  if (!isStandardSchema(unit)) return unit;
  const schema = jsonSchemaOf(unit, isInput ? "input" : "output");
  const isText = typeof schema === "object" && schema["type"] === "string";
  const absence = absenceOf(unit);
  return {
    class: isText ? "DataUnitString" : "DataUnitMemory",
    ...(schema === undefined ? {} : { schema }),
    ...(isInput ? absenceKeys(absence) : {}),
  };
}

function absenceKeys(absence: ReturnType<typeof absenceOf>): { readonly [key: string]: unknown } {
  if (absence.default !== undefined) return { default: absence.default };
  return absence.optional ? { optional: true } : {};
}

function schemaIn(unit: unknown): StandardSchema | undefined {
  if (typeof unit !== "object" || unit === null) return undefined;
  const { schema, config } = unit as { readonly schema?: unknown; readonly config?: unknown };
  return isStandardSchema(schema) ? schema : config === undefined ? undefined : schemaIn(config);
}

/** Deeper is a circle. */
const mostLevels = 200;

function written(writing: Writing, value: unknown, path: Path): Json {
  if (path.length > mostLevels) throw unwritable(writing, path.slice(0, 8), "it holds itself");
  if (isStandardSchema(value)) return jsonSchemaOf(value, "input") ?? true;
  if (typeof value === "function") return functionName(writing, value as NamedFunction, path);
  if (Array.isArray(value)) return value.map((item, index) => written(writing, item, [...path, String(index)]));
  if (isStepDefinition(value)) return className(writing, value, path);
  if (isWorkflowDefinition(value)) return nested(writing, value, path);
  if (typeof value === "object" && value !== null) return map(writing, value, path);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unwritable(writing, path, `it is ${typeof value === "number" ? String(value) : `a ${typeof value}`}`);
}

function map(writing: Writing, value: object, path: Path): Json {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw unwritable(writing, path, `it is an object of class ${value.constructor.name}`);
  const { class: named, ...rest } = value as { readonly class?: unknown };
  const whole = isWorkflowDefinition(named)
    ? { class: "Workflow", config: withoutConfig(writing, named, rest, path), ...rest }
    : value;
  return Object.fromEntries(
    Object.entries(whole).flatMap(([key, inner]) =>
      inner === undefined ? [] : [[key, written(writing, inner, [...path, key])]],
    ),
  );
}

function withoutConfig(writing: Writing, named: WorkflowDefinition, rest: object, path: Path): WorkflowDefinition {
  if ("config" in rest && rest.config !== undefined)
    throw unwritable(writing, [...path, "config"], `workflow ${named.name} has no config beside its definition`);
  return named;
}

/** A function in place is registered under the name of its place. */
function functionName(writing: Writing, fn: NamedFunction, path: Path): Json {
  const key = path.at(-1);
  if (key !== "transform" && key !== "transform_function" && key !== "function")
    throw unwritable(
      writing,
      path,
      "it is a function; functions stand under transform, transform_function or function",
    );
  const name = [writing.name, ...path].join(".");
  writing.functions[name] = fn;
  return key === "transform" ? { transform_function: name } : name;
}

function className(writing: Writing, step: StepDefinition, path: Path): Json {
  if (path.at(-1) !== "class") throw unwritable(writing, path, `class ${step.class} stands where no class can stand`);
  const twin = [...writing.steps].find((other) => other.class === step.class && other !== step);
  if (twin !== undefined) throw unwritable(writing, path, `another class ${step.class} is used in this workflow, too`);
  writing.steps.add(step);
  return step.class;
}

function nested(writing: Writing, inner: WorkflowDefinition, path: Path): Json {
  if (path.at(-1) !== "config")
    throw unwritable(writing, path, `workflow ${inner.name} stands where no workflow can stand`);
  for (const step of inner.steps) className(writing, step, [...path, "class"]);
  for (const [name, fn] of Object.entries(inner.functions)) {
    const known = writing.functions[name];
    if (known !== undefined && known !== fn)
      throw unwritable(writing, path, `two workflows are named ${inner.name}; give one of them another name`);
    writing.functions[name] = fn;
  }
  return inner.document;
}

function unwritable(writing: Writing, path: Path, what: string): Error {
  return nanobrainError("E_USAGE", {
    problem: `defineWorkflow ${writing.name}, ${path.join(".") || "its top"}: ${what}`,
  });
}
