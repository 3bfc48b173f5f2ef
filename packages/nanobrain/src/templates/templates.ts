import { agentTemplate } from "./agent.js";
import { chat } from "./chat.js";
import { hello } from "./hello.js";
import { table } from "./table.js";
import type { Template } from "./template.js";
import { typescript } from "./typescript.js";

/** What `init` can begin with, by name. */
export const templates: { readonly [name: string]: Template } = {
  hello,
  table,
  typescript,
  agent: agentTemplate,
  chat,
};
