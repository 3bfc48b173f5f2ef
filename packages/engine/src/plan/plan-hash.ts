import { sha256 } from "../document/sha256.js";
import { canonicalJson } from "./canonical-json.js";
import type { Plan } from "./plan.js";

/** The hash of what determines a plan's behaviour: not of names of files, places and descriptions. */
export function planHash(plan: Omit<Plan, "hash" | "warnings">, hash: (text: string) => string = sha256): string {
  const workflows = plan.workflows.map(({ file: _file, nodes, links, triggers, ...rest }) => ({
    ...rest,
    nodes: nodes.map(({ place: _place, ...node }) => node),
    links: links.map(({ place: _place, ...link }) => link),
    triggers: triggers.map(({ place: _place, ...trigger }) => trigger),
  }));
  const { description: _description, file: _file, ...behaviour } = plan;
  return hash(canonicalJson({ ...behaviour, workflows }));
}
