import type { ConfigProblem } from "@nanobrain/engine";
import type { AgentConfig } from "../agent-config.js";
import { type Access, kindOf, type McpConfig, type ToolConfig } from "./tool-config.js";

/** What classes reach; a program can reach anything. Others: nothing, or for users' code and workflows private data. */
const known: { readonly [className: string]: readonly Access[] } = {
  HttpStep: ["outside"],
  CommandStep: ["private", "outside"],
  FileReadStep: ["private"],
  FileGlobStep: ["private"],
  FunctionStep: ["private"],
  LiteratureSearchStep: ["outside"],
  DataCollectionStep: ["private", "outside"],
};

function accessOf(tool: ToolConfig): readonly Access[] {
  if (tool.access !== undefined) return tool.access;
  if (tool.module !== undefined || kindOf(tool.class) === "workflow") return ["private"];
  return known[tool.class.slice(tool.class.lastIndexOf(".") + 1)] ?? [];
}

const mcpAccess = ({ access, url }: McpConfig): readonly Access[] =>
  access ?? (url === undefined ? ["private", "outside"] : ["outside"]);

type Reached = { readonly [access in Access]: readonly string[] };

/** Tools by what they reach, those of other agents included: what one knows it can tell the other. */
function reachedBy({ tools = {}, mcp = [], agents = {} }: AgentConfig): Reached {
  const found = { private: new Set<string>(), outside: new Set<string>() };
  const enter = (name: string, accesses: readonly Access[]): void => {
    for (const access of accesses) found[access].add(name);
  };
  const enterAgent = (config: AgentConfig): void => {
    if (config.allow_exfiltration === true) return;
    const { private: reads, outside: sends } = reachedBy(config);
    for (const name of reads) found.private.add(name);
    for (const name of sends) found.outside.add(name);
  };
  for (const [name, tool] of Object.entries(tools)) {
    if (kindOf(tool.class) === "agent") enterAgent((tool.config ?? {}) as AgentConfig);
    else enter(name, accessOf(tool));
  }
  for (const [at, server] of mcp.entries()) enter(`mcp[${at}]`, mcpAccess(server));
  for (const { config } of Object.values(agents)) enterAgent(config);
  return { private: [...found.private], outside: [...found.outside] };
}

/**
 * Tools that read private data beside tools that send to others: a text that the agent reads could make it carry the one to the other.
 * Empty where the document says that this is meant.
 */
export function exfiltrationProblems(agent: AgentConfig, path: ConfigProblem["path"]): readonly ConfigProblem[] {
  if (agent.allow_exfiltration === true) return [];
  const reached = reachedBy(agent);
  const reads = reached.private[0];
  const sends = reached.outside.find((name) => name !== reads) ?? reached.outside[0];
  if (reads === undefined || sends === undefined) return [];
  const both =
    reads === sends
      ? `Tool ${reads} may read private data and send`
      : `Tool ${reads} may read private data, and tool ${sends} may send`;
  return [
    {
      path,
      code: "E_AGENT_EXFILTRATION",
      message: `${both} to others: a text that the agent reads could make it tell them`,
      hint: "give access: of the tools if this is not so, or allow_exfiltration: true if it is meant",
    },
  ];
}
