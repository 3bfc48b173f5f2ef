import type { Plan } from "../plan.js";
import { type PictureArrow, type PictureNode, pictureOf } from "./plan-picture.js";

/** A plan as a Mermaid flowchart: steps are boxes, data units round, triggers six-sided, nested workflows double-edged, queues thick. */
export function planMermaid(plan: Plan): string {
  const { nodes, arrows } = pictureOf(plan);
  return ["flowchart TD", ...nodes.map(nodeLine), ...arrows.map(arrowLine)]
    .map((line, i) => (i === 0 ? line : `  ${line}`))
    .join("\n");
}

function nodeLine(node: PictureNode, index: number): string {
  const text = quoted(node.marks.length > 0 ? `${node.name} (${node.marks.join(", ")})` : node.name);
  const id = `n${index}`;
  if (node.kind === "unit") return `${id}([${text}])`;
  if (node.kind === "output") return `${id}[/${text}/]`;
  if (node.kind === "trigger") return `${id}{{${text}}}`;
  return node.isNested ? `${id}[[${text}]]` : `${id}[${text}]`;
}

const ARROWS: { readonly [kind in PictureArrow["kind"]]: string } = {
  link: "-->",
  gate: "-.->",
  queue: "==>",
  order: "-.->",
  fires: "-.->",
};

function arrowLine({ from, to, label, kind }: PictureArrow): string {
  const arrow = ARROWS[kind];
  return label === "" ? `n${from} ${arrow} n${to}` : `n${from} ${arrow}|${quoted(label)}| n${to}`;
}

/** Everything Mermaid could read as its own is written by code point. */
function quoted(text: string): string {
  return `"${text.replace(/["#&<>`|{}[\]\\;\n\r]/g, (char) => `#${char.codePointAt(0)};`)}"`;
}
