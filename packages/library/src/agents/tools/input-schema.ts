import type { JsonObject, JsonSchema, StepDefinition, StepPorts } from "@nanobrain/engine";
import { referredInputs } from "@nanobrain/engine/steps";
import type { ToolConfig } from "./tool-config.js";

/** JSON Schema of what a model may give a step: its ports, and inputs that its config names, without those that are fixed. */
export function inputSchemaOf(definition: StepDefinition, ports: StepPorts, tool: ToolConfig): JsonObject {
  const said = tool.input_schema;
  if (typeof said === "object") return { type: "object", ...said };
  const fixed = new Set(Object.keys(tool.inputs ?? {}));
  const named = ports.openInputs && typeof tool.config === "object" ? referredInputs(tool.config) : [];
  const names = [...new Set([...Object.keys(ports.inputs), ...named])].filter((name) => !fixed.has(name));
  const properties: { [name: string]: JsonObject } = {};
  const required: string[] = [];
  for (const name of names) {
    const port = ports.inputs[name] ?? {};
    properties[name] = {
      ...(typeof port.schema === "object" ? port.schema : {}),
      ...(port.description === undefined ? {} : { description: port.description }),
    };
    if (port.optional !== true && port.default === undefined) required.push(name);
  }
  const isOpen = ports.openInputs && names.length === 0 && takesAnything(definition);
  return { type: "object", properties, required, additionalProperties: isOpen };
}

/** Functions and classes of users' modules say no ports: they take what they are given. */
const takesAnything = ({ class: name }: StepDefinition): boolean =>
  !name.startsWith("nanobrain.") || name.endsWith("FunctionStep");

/** What units of a class hold, where the document says no schema. */
const unitTypes: readonly (readonly [RegExp, JsonSchema])[] = [
  [/(String|Text)$/, { type: "string" }],
  [/(Integer|Int)$/, { type: "integer" }],
  [/(Number|Float)$/, { type: "number" }],
  [/(Boolean|Bool)$/, { type: "boolean" }],
  [/List$/, { type: "array" }],
  [/(Dict|Object|Map)$/, { type: "object" }],
];

const objectOf = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** JSON Schema of a workflow's inputs, from its document as it is written. */
export function workflowSchemaOf(document: unknown, fixed: JsonObject): JsonObject {
  const units = objectOf(objectOf(document)["input_data_units"] ?? objectOf(document)["inputs"]);
  const properties: { [name: string]: JsonObject } = {};
  const required: string[] = [];
  for (const [name, written] of Object.entries(units)) {
    if (Object.hasOwn(fixed, name)) continue;
    const unit = objectOf(written);
    const said = { ...unit, ...objectOf(unit["config"]) };
    const byClass = unitTypes.find(([pattern]) => pattern.test(String(said["class"] ?? "")))?.[1];
    properties[name] = {
      ...objectOf(said["schema"] ?? byClass),
      ...(typeof said["description"] === "string" ? { description: said["description"] } : {}),
    };
    if (said["optional"] !== true && said["default"] === undefined) required.push(name);
  }
  return { type: "object", properties, required, additionalProperties: false };
}
