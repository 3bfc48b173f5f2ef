import type { PortDeclaration, StepPorts } from "../contracts/component.js";
import type { JsonSchema } from "../contracts/json.js";
import type { InputEntry, StepEntry } from "../document/document.js";
import { fault, type Scope } from "./compilation.js";
import { newPort, type OutDraft, type PortDraft } from "./draft.js";
import { nameHint } from "./hint.js";
import { ownField } from "./own-field.js";
import { errorPort } from "./references.js";
import { bothSchemas, listOf } from "./schema-parts.js";

/** Ports of a step whose class does not say: links and `inputs:` / `outputs:` name them. */
export const openPorts: StepPorts = { inputs: {}, outputs: {}, openInputs: true, openOutputs: true };

/** Input ports of a step: what its class declares, what `inputs:` adds, and the collection of `for_each`. */
export function inputPorts(scope: Scope, entry: StepEntry, declared: StepPorts): Map<string, PortDraft> {
  const ports = new Map<string, PortDraft>();
  for (const [name, port] of Object.entries(declared.inputs)) ports.set(name, declaredPort(name, port));
  if (entry.forEach !== undefined) mapCollection(scope, entry, declared, ports);
  for (const input of entry.inputs) {
    const port = ports.get(input.port);
    if (port !== undefined || declared.openInputs) ports.set(input.port, overlaid(port ?? newPort(input.port), input));
    else reportUnknownPort(scope, entry, input.port, [...ports.keys()], input.path);
  }
  return ports;
}

function declaredPort(name: string, port: PortDeclaration): PortDraft {
  return newPort(name, {
    optional: port.optional === true,
    hold: port.hold === true,
    trigger: port.trigger === true,
    ...(port.default === undefined ? {} : { default: { value: port.default } }),
    ...(port.schema === undefined ? {} : { schema: port.schema }),
  });
}

function overlaid(port: PortDraft, input: InputEntry): PortDraft {
  const schema = bothSchemas(port.schema, input.schema);
  if (input.default !== undefined) port.default = input.default;
  if (input.optional !== undefined) port.optional = input.optional;
  if (schema !== undefined) port.schema = schema;
  port.constant = input.constant;
  port.hold ||= input.hold;
  port.merge = input.merge;
  port.path = input.path;
  return port;
}

/** False: `for_each` names an item port that the class does not have, which is reported. */
export function itemPortKnown(entry: StepEntry, declared: StepPorts): boolean {
  return entry.forEach === undefined || declared.openInputs || Object.hasOwn(declared.inputs, entry.forEach.as);
}

/** The port of one item gives way to the port of the collection. */
function mapCollection(scope: Scope, entry: StepEntry, declared: StepPorts, ports: Map<string, PortDraft>): void {
  const map = entry.forEach;
  if (map === undefined) return;
  const item = ownField(declared.inputs, map.as);
  const at = [...entry.path, "for_each", "as"];
  if (item === undefined && !declared.openInputs)
    reportUnknownPort(scope, entry, map.as, Object.keys(declared.inputs), at);
  if (map.as !== map.over && entry.inputs.some((input) => input.port === map.as)) {
    const hint = `give the list to ${map.over}`;
    fault(scope, "E_CONFLICT", at, `Input "${map.as}" takes the items of for_each: nothing else may feed it`, { hint });
  }
  ports.delete(map.as);
  const optional = item?.optional === true || item?.default !== undefined;
  ports.set(map.over, newPort(map.over, { optional, schema: listOf(item?.schema) }));
}

/** Output ports a class declares, and those of `outputs:`. */
export function outputPorts(scope: Scope, entry: StepEntry, declared: StepPorts): Map<string, OutDraft> {
  const mapped = entry.forEach;
  const outs = new Map<string, OutDraft>();
  const add = (name: string, optional: boolean, schema: JsonSchema | undefined, onDemand = false) =>
    outs.set(name, {
      name,
      optional,
      ...(onDemand ? { onDemand } : {}),
      ...carriedBy(schema, mapped === undefined ? "step" : mapSize(mapped.maxFailures)),
    });
  for (const [name, port] of Object.entries(declared.outputs))
    add(name, port.optional === true, port.schema, port.onDemand);
  for (const output of entry.outputs) {
    if (output.port === errorPort) {
      const at = [...entry.path, "outputs", output.port];
      fault(scope, "E_CONFLICT", at, "Output error is the port of failures, which every step has", { part: "key" });
      continue;
    }
    const known = ownField(declared.outputs, output.port);
    if (known === undefined && !declared.openOutputs) {
      reportUnknownOutput(scope, entry, output.port, Object.keys(declared.outputs));
      continue;
    }
    const schema = bothSchemas(known?.schema, output.schema);
    add(output.port, output.optional, schema);
  }
  return outs;
}

const mapSize = (maxFailures: number) => (maxFailures > 0 ? "gappy" : "map");

/** What links see: with tolerated failures the places of failed items are null, so nothing is said about the items. */
function carriedBy(schema: JsonSchema | undefined, by: "step" | "map" | "gappy"): Pick<OutDraft, "schema" | "carried"> {
  const carried = by === "step" ? schema : listOf(by === "map" ? schema : undefined);
  return { ...(schema === undefined ? {} : { schema }), ...(carried === undefined ? {} : { carried }) };
}

function reportUnknownOutput(scope: Scope, entry: StepEntry, port: string, known: readonly string[]): void {
  const hint = nameHint(scope.compilation, port, known);
  const path = [...entry.path, "outputs", port];
  fault(scope, "E_PORT", path, `Step ${entry.name} has no output "${port}"`, { ...hint, part: "key" });
}

function reportUnknownPort(
  scope: Scope,
  entry: StepEntry,
  port: string,
  known: readonly string[],
  path: readonly (string | number)[],
): void {
  const hint = nameHint(scope.compilation, port, known);
  fault(scope, "E_PORT", path, `Step ${entry.name} has no input "${port}"`, { ...hint, part: "key" });
}
