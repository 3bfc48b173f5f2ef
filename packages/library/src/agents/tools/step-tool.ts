import type { Json, JsonObject, StepContext, StepDefinition } from "@nanobrain/engine";
import { millisecondsOf } from "@nanobrain/engine/steps";
import { inputSchemaOf } from "./input-schema.js";
import type { Tool } from "./tool.js";
import type { ToolConfig } from "./tool-config.js";
import { toolContext, WaitingTool } from "./tool-context.js";

/** A class of steps as a tool: it runs within the agent's attempt. Its config is the document's; the model gives inputs only. */
export async function stepTool(name: string, tool: ToolConfig, context: StepContext): Promise<Tool> {
  const config = (typeof tool.config === "object" ? tool.config : {}) as JsonObject;
  const { class: className, version = "0", module } = tool;
  const definition = await context.definitionOf({
    class: className,
    version,
    config,
    ...(module === undefined ? {} : { module }),
  });
  const ports = definition.ports(config);
  return {
    declaration: {
      name,
      description: tool.description ?? definition.summary,
      input: inputSchemaOf(definition, ports, tool),
    },
    sideEffect: tool.side_effect ?? (definition.effects || module !== undefined ? "write" : "read"),
    timeoutMs: millisecondsOf(tool.timeout, 60_000),
    call: (input, call, signal) => callStep(definition, { tool, config, context, call, signal }, input),
  };
}

type Place = {
  readonly tool: ToolConfig;
  readonly config: JsonObject;
  readonly context: StepContext;
  readonly call: string;
  readonly signal: AbortSignal;
};

async function callStep(definition: StepDefinition, place: Place, input: JsonObject): Promise<Json> {
  const { tool, config, context, call, signal } = place;
  const ports = definition.ports(config);
  const defaults = Object.entries(ports.inputs).flatMap(([port, { default: value }]) =>
    value === undefined ? [] : [[port, value]],
  );
  const inputs = { ...(Object.fromEntries(defaults) as JsonObject), ...input, ...tool.inputs } as {
    readonly [port: string]: Json;
  };
  const sent: { [port: string]: Json[] } = {};
  const inner = toolContext({
    ...{ context, name: call, signal, config },
    inputPorts: Object.keys(inputs),
    outputPorts: Object.keys(ports.outputs),
    onEmit: (port, value) => {
      sent[port] = [...(sent[port] ?? []), value];
    },
  });
  try {
    return resultOf({ ...sent, ...(await definition.run({ inputs, config, context: inner })) });
  } catch (error) {
    if (!(error instanceof WaitingTool)) throw error;
    return resultOf(await inner.ask("question", error.ask));
  }
}

/** The outputs; of one output its value. */
function resultOf(outputs: { readonly [port: string]: Json | undefined }): Json {
  const there = Object.entries(outputs).flatMap(([port, value]) =>
    value === undefined ? [] : [[port, value] as const],
  );
  const [only] = there;
  return there.length === 1 && only !== undefined ? only[1] : Object.fromEntries(there);
}
