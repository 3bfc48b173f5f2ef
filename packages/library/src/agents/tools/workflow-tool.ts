import { type Json, type JsonObject, nanobrainError, type StepContext } from "@nanobrain/engine";
import { millisecondsOf, readStepFile, readYaml } from "@nanobrain/engine/steps";
import { workflowSchemaOf } from "./input-schema.js";
import type { Tool } from "./tool.js";
import type { ToolConfig } from "./tool-config.js";

const documentBytes = 1024 * 1024;

/** A workflow as a tool: each call is a run of its own, which an interrupted attempt goes on with. */
export async function workflowTool(name: string, tool: ToolConfig, context: StepContext): Promise<Tool> {
  const file = String(tool.config ?? "");
  const fixed = (tool.inputs ?? {}) as JsonObject;
  const read = readYaml(file, (await readStepFile(file, documentBytes, context)).toString("utf8"));
  if ("problem" in read)
    throw nanobrainError("E_AGENT_TOOL", { tool: name, what: `${file} cannot be read: ${read.problem}` });
  const said = (read.value ?? {}) as { readonly description?: unknown };
  const description =
    tool.description ?? (typeof said.description === "string" ? said.description : `Runs workflow ${file}`);
  return {
    declaration: {
      name,
      description,
      input: typeof tool.input_schema === "object" ? tool.input_schema : workflowSchemaOf(said, fixed),
    },
    sideEffect: tool.side_effect ?? "write",
    ...(tool.timeout === undefined ? {} : { timeoutMs: millisecondsOf(tool.timeout, 0) }),
    call: async (input, call) =>
      (await context.callWorkflow(`${call}/run`, file, { ...input, ...fixed } as {
        readonly [unit: string]: Json;
      })) as Json,
  };
}
