import type { Plan } from "../plan.js";
import { type PictureArrow, type PictureNode, pictureOf } from "./plan-picture.js";

/** A plan in the language of Graphviz. */
export function planDot(plan: Plan): string {
  const { title, nodes, arrows } = pictureOf(plan);
  const head = [`digraph ${quoted(title)} {`, "  rankdir=TB;", '  node [fontname="sans-serif"];'];
  return [...head, ...nodes.map(nodeLine), ...arrows.map(arrowLine), "}"].join("\n");
}

function nodeLine(node: PictureNode, index: number): string {
  const label = quoted(node.marks.length > 0 ? `${node.name} (${node.marks.join(", ")})` : node.name);
  const border = node.isNested ? ", peripheries=2" : "";
  const shape = { unit: "ellipse", step: "box", output: "parallelogram", trigger: "hexagon" }[node.kind];
  return `  n${index} [shape=${shape}, label=${label}${border}, tooltip=${quoted(node.detail)}];`;
}

const LOOKS: { readonly [kind in PictureArrow["kind"]]: readonly string[] } = {
  link: [],
  gate: ["style=dashed"],
  queue: ["style=bold"],
  order: ["style=dashed", "arrowhead=empty"],
  fires: ["style=dotted"],
};

function arrowLine({ from, to, label, kind }: PictureArrow): string {
  const parts = [...(label === "" ? [] : [`label=${quoted(label)}`]), ...LOOKS[kind]];
  return `  n${from} -> n${to}${parts.length === 0 ? "" : ` [${parts.join(", ")}]`};`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, (char) => `\\${char}`).replace(/[\n\r]+/g, " ")}"`;
}
