import type { ComponentCall, JsonObject, JsonSchema, NestedComponent, Zod } from "@nanobrain/engine";
import { duration } from "@nanobrain/engine/steps";
import type { McpServerConfig } from "../../mcp/mcp-server.js";

export type SideEffect = "read" | "write" | "danger";

/** What a tool can reach: data that is not public, and others outside. */
export type Access = "private" | "outside";

/** A tool as the plan leaves it: canonical class and checked config; of a workflow the path of its document. */
export type ToolConfig = {
  readonly class: string;
  readonly version?: string;
  readonly config?: JsonObject | string;
  readonly module?: NonNullable<ComponentCall["module"]>;
  readonly description?: string;
  readonly side_effect?: SideEffect;
  readonly access?: readonly Access[];
  readonly timeout?: number | string;
  readonly inputs?: JsonObject;
  readonly input_schema?: JsonSchema;
};

export type McpConfig = Pick<
  McpServerConfig,
  "command" | "args" | "env" | "cwd" | "url" | "headers" | "allow_hosts" | "allow"
> & {
  readonly side_effect?: SideEffect;
  readonly access?: readonly Access[];
  readonly timeout?: number | string;
};

function sharedShape(zod: Zod) {
  return {
    side_effect: zod
      .enum(["read", "write", "danger"])
      .optional()
      .describe("What it does: `read` changes nothing, `danger` waits for a person's yes. Default: by its class."),
    access: zod
      .array(zod.enum(["private", "outside"]))
      .optional()
      .describe(
        "What it reaches: private data, others outside. Default: by its class; what nobody knows counts as both.",
      ),
    timeout: duration(zod).optional().describe("Longest time of one call. Default 60 s; of agents and workflows none."),
  };
}

/** One tool, or one other agent: a component with what is said of it. */
export function toolShape(zod: Zod, component: "tool" | "agent" = "tool") {
  const shape = zod.strictObject({
    class: zod.string().min(1).describe("A class of steps, `Workflow`, a class of agents, or `./file.ts#Name`."),
    config: zod
      .union([zod.record(zod.string(), zod.unknown()), zod.string()])
      .optional()
      .describe("Its config; of a workflow the path of its document."),
    description: zod.string().min(1).max(2_000).optional().describe("What it does, for the model."),
    ...sharedShape(zod),
    inputs: zod
      .record(zod.string(), zod.unknown())
      .optional()
      .describe(
        "Inputs that are fixed: the model cannot set them. `{{ port }}` stands for an input of the step, which the model is not given then.",
      ),
    input_schema: zod
      .record(zod.string(), zod.unknown())
      .optional()
      .describe("JSON Schema of what the model may give. Default: from the ports."),
  });
  return shape.meta({ component });
}

export function toolsShape(zod: Zod) {
  return zod.record(
    zod.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "Expected a name of letters, digits, _ and -"),
    toolShape(zod),
  );
}

/** A server of tools. */
export function mcpShape(zod: Zod) {
  const texts = zod.record(zod.string(), zod.string());
  return zod
    .strictObject({
      command: zod.string().min(1).optional().describe("Program that speaks MCP over its standard input and output."),
      args: zod.array(zod.string()).optional().describe("Its arguments."),
      env: texts.optional().describe("Variables it gets; values may be `${secret:NAME}`."),
      cwd: zod.string().min(1).optional().describe("Folder it starts in. Default: a fresh empty one."),
      url: zod.string().min(1).optional().describe("Address of a server that speaks streamable HTTP."),
      headers: texts.optional().describe("Headers of each request."),
      allow_hosts: zod.array(zod.string()).optional().describe("Private hosts that may be reached."),
      allow: zod.array(zod.string()).optional().describe("Names of tools that may be used. Default: all."),
      ...sharedShape(zod),
    })
    .superRefine((value, context) => {
      if ((value.command === undefined) !== (value.url === undefined)) return;
      const both = value.command !== undefined;
      const message = both ? "command and url exclude each other" : "a server of tools needs command or url";
      context.addIssue({ code: "custom", message, params: { code: both ? "E_CONFLICT" : "E_MISSING" } });
    });
}

/** The tools of a config as components. */
export function toolComponents(config: JsonObject): readonly NestedComponent[] {
  const tools = (config["tools"] ?? {}) as { readonly [name: string]: ToolConfig };
  return Object.entries(tools).map(([name, tool]) => ({ path: ["tools", name], kind: kindOf(tool.class) }));
}

/** By its name, as the dialect has it: workflows and agents end so. */
export function kindOf(className: string): NestedComponent["kind"] {
  if (/[#/\\]/.test(className)) return "step";
  if (className.endsWith("Workflow")) return "workflow";
  return className.endsWith("Agent") ? "agent" : "step";
}
