import { nanobrainError } from "@nanobrain/engine";
import type { AgentEntry } from "../agent-config.js";
import { agentTool } from "../ask-agent.js";
import type { Budget } from "../budget.js";
import type { AgentPlace } from "../perform-task.js";
import { mcpTools } from "./mcp-tools.js";
import { stepTool } from "./step-tool.js";
import type { Tool, Tools } from "./tool.js";
import { kindOf, type ToolConfig } from "./tool-config.js";
import { workflowTool } from "./workflow-tool.js";

export type OpenTools = { readonly byName: ReadonlyMap<string, Tool>; close(): Promise<void> };

/** All that an agent may use: its tools, the agents it knows, its servers of tools. A name twice: the document's own goes before. */
export async function openTools({ config }: AgentEntry, place: AgentPlace, budget: Budget): Promise<OpenTools> {
  const servers: Tools[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    const byName = new Map<string, Tool>();
    for (const [name, tool] of Object.entries(config.tools ?? {}))
      byName.set(name, await toolOf(name, tool, place, budget));
    for (const [name, other] of Object.entries(config.agents ?? {}))
      byName.set(`ask_${name}`, agentTool(`ask_${name}`, other, place, budget, whenTo(config.delegation ?? [], name)));
    for (const [at, server] of (config.mcp ?? []).entries()) {
      const label = `mcp:${at + 1}`;
      const opened = await mcpTools(server, `${place.prefix ?? ""}${label}/`, "", place.context);
      servers.push(opened);
      for (const tool of opened.list) enter(byName, tool, `mcp${at + 1}_`);
    }
    return { byName, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function enter(byName: Map<string, Tool>, tool: Tool, prefix: string): void {
  const { name } = tool.declaration;
  if (!byName.has(name)) return void byName.set(name, tool);
  const other = `${prefix}${name}`.slice(0, 64);
  if (byName.has(other))
    throw nanobrainError("E_AGENT_TOOL", { tool: name, what: "two servers offer it under the same name" });
  byName.set(other, { ...tool, declaration: { ...tool.declaration, name: other } });
}

function whenTo(rules: readonly { readonly to: string; readonly when?: string }[], name: string): readonly string[] {
  return rules.flatMap(({ to, when }) => (to === name && when !== undefined ? [when] : []));
}

async function toolOf(name: string, tool: ToolConfig, place: AgentPlace, budget: Budget): Promise<Tool> {
  const kind = kindOf(tool.class);
  if (kind === "agent") return agentTool(name, tool as AgentEntry, place, budget, []);
  return kind === "workflow" ? workflowTool(name, tool, place.context) : stepTool(name, tool, place.context);
}
