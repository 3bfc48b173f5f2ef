import type { StepCall, StepPorts } from "../../contracts/component.js";
import type { Json, JsonObject } from "../../contracts/json.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";

/** Ports of steps whose inputs and outputs the links name. */
export const openPorts: StepPorts = { inputs: {}, outputs: {}, openInputs: true, openOutputs: true };

export const DEFAULT_OUTPUT = "output";

export type Outputs = { readonly [port: string]: Json | undefined };

/**
 * Sends one result to the output ports that links name; none named: to `output`. A single port gets the whole result,
 * or its field of that name where the result is a map that has one. Several ports need a map; a port whose field is not
 * there is absent. Throws E_OUTPUT_VALUE, E_OUTPUT_MISSING.
 */
export function toPorts(result: Json | undefined, { context }: Pick<StepCall, "context">): Outputs {
  if (result === undefined) return {};
  const named = context.outputPorts.filter((port) => port !== "error");
  const [only = DEFAULT_OUTPUT] = named;
  if (named.length <= 1) return { [only]: isMap(result) && hasPort(result, only) ? result[only] : result };
  if (!isMap(result)) {
    const what = `links name the ports ${named.join(", ")}, so an object with these keys is expected`;
    throw nanobrainError("E_OUTPUT_VALUE", { path: "the result", what });
  }
  const outputs = named.filter((port) => Object.hasOwn(result, port));
  if (outputs.length === 0) throw nanobrainError("E_OUTPUT_MISSING", { port: named.join(", ") });
  return Object.fromEntries(outputs.map((port) => [port, result[port]]));
}

/** `output` is every result's port, so a map is only taken apart for it if it has nothing else. */
function hasPort(result: JsonObject, port: string): boolean {
  return Object.hasOwn(result, port) && (port !== DEFAULT_OUTPUT || Object.keys(result).length === 1);
}

function isMap(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
