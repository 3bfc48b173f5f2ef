import type { Json, JsonObject } from "@nanobrain/engine";
import { interpolate, referredInputs } from "@nanobrain/engine/steps";
import type { AgentConfig } from "../agent-config.js";
import type { ToolConfig } from "./tool-config.js";

/** Inputs of the step that tools get, by `{{ port }}` among their fixed inputs: the model is not given them itself. */
export function inputsOfTools({ tools = {} }: AgentConfig): ReadonlySet<string> {
  return new Set(Object.values(tools).flatMap((tool) => referredInputs((tool.inputs ?? {}) as JsonObject)));
}

/** The config with those inputs filled in. Throws E_PLACEHOLDER for one that is not there. */
export function withFixedInputs(config: AgentConfig, inputs: { readonly [port: string]: Json }): AgentConfig {
  if (inputsOfTools(config).size === 0) return config;
  const filled = (tool: ToolConfig): ToolConfig =>
    tool.inputs === undefined ? tool : { ...tool, inputs: interpolate(tool.inputs, inputs) };
  const tools = Object.entries(config.tools ?? {}).map(([name, tool]) => [name, filled(tool)] as const);
  return { ...config, tools: Object.fromEntries(tools) };
}
