import { type Json, type JsonObject, type Loaded, nanobrainError, type Plan, type Runtime } from "@nanobrain/engine";
import type { KeptFiles } from "./kept-files.js";
import { followRun } from "./run-answers.js";
import type { CallPlace, ServedTool } from "./tool.js";

export type ServedWorkflow = {
  readonly loaded: Loaded;
  readonly plan: Plan;
};

/** A workflow as a tool: its input units are what the tool takes, a call is a run of it. */
export function workflowTool(
  { loaded, plan }: ServedWorkflow,
  name: string,
  runtime: Runtime,
  files: KeptFiles,
): ServedTool {
  const inputs = inputsOf(plan);
  return {
    declaration: {
      name,
      description: descriptionOf(plan),
      inputSchema: {
        type: "object",
        properties: Object.fromEntries(inputs.map((input) => [input.name, input.schema])),
        required: inputs.filter(({ isRequired }) => isRequired).map((input) => input.name),
        additionalProperties: false,
      },
    },
    async call(given, place) {
      const handle = await runtime.start(loaded, await valuesOf(plan, inputs, given, runtime));
      const cancel = (): void => {
        // Once nobody is connected there is nobody to tell; the run's journal says what became of it.
        if (isWish(place)) handle.cancel("the MCP client does not want it any more").catch(() => undefined);
      };
      place.signal.addEventListener("abort", cancel, { once: true });
      if (place.signal.aborted) cancel();
      return followRun(handle, place, files);
    },
  };
}

/** A client that is gone did not ask for the end of what it began. */
function isWish({ signal }: CallPlace): boolean {
  return signal.reason !== disconnected;
}

/** Why calls are aborted when the client is gone. */
export const disconnected = Symbol("disconnected");

type Input = {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isFile: boolean;
  readonly schema: JsonObject;
};

function inputsOf(plan: Plan): readonly Input[] {
  const root = plan.workflows[0];
  return (root?.inputs ?? []).flatMap((index): readonly Input[] => {
    const node = root?.nodes[index];
    if (node === undefined) return [];
    const port = node.ports[0];
    const isFile = node.unit?.class.endsWith("DataUnitFile") === true;
    const said = typeof port?.schema === "object" && port.schema !== null ? (port.schema as JsonObject) : {};
    const isRequired = port?.default === undefined && port?.optional !== true;
    return [{ name: node.name, isRequired, isFile, schema: isFile ? fileSchema : said }];
  });
}

const fileSchema: JsonObject = {
  type: "object",
  description: "A file: its name, and its content as text or base64.",
  properties: { name: { type: "string" }, text: { type: "string" }, base64: { type: "string" } },
  required: ["name"],
  additionalProperties: false,
};

function descriptionOf(plan: Plan): string {
  const own = plan.description ?? `Runs the workflow ${plan.name}.`;
  const outputs = (plan.workflows[0]?.outputs ?? []).map((index) => plan.workflows[0]?.nodes[index]?.name ?? "");
  return outputs.length === 0 ? own : `${own}\nGives: ${outputs.join(", ")}.`;
}

async function valuesOf(
  plan: Plan,
  inputs: readonly Input[],
  given: { readonly [name: string]: Json },
  runtime: Runtime,
): Promise<{ readonly [unit: string]: Json }> {
  const values: { [unit: string]: Json } = {};
  for (const [name, value] of Object.entries(given)) {
    const isFile = inputs.some((input) => input.name === name && input.isFile);
    values[name] = isFile ? await fileOf(plan, name, value, runtime) : value;
  }
  return values;
}

async function fileOf(plan: Plan, unit: string, value: Json, { blobs }: Runtime): Promise<Json> {
  const { name, text, base64 } = (value ?? {}) as {
    readonly name?: Json;
    readonly text?: Json;
    readonly base64?: Json;
  };
  const content =
    typeof text === "string"
      ? Buffer.from(text)
      : typeof base64 === "string"
        ? Buffer.from(base64, "base64")
        : undefined;
  if (typeof name !== "string" || name === "" || content === undefined)
    throw nanobrainError("E_INPUT", {
      workflow: plan.name,
      problem: `input ${unit}: { name, text } or { name, base64 } is expected`,
    });
  const hash = await blobs.put(content);
  const mediaType = typeof text === "string" ? "text/plain" : "application/octet-stream";
  return {
    $file: hash,
    name: name.split(/[\\/]/).at(-1) ?? "file",
    size_bytes: content.byteLength,
    media_type: mediaType,
  };
}
