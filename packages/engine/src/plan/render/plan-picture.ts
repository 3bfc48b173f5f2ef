import type { Plan, PlanLink, PlanNode, WorkflowPlan } from "../plan.js";

/**
 * What the drawings show: the root workflow's nodes and one arrow per link or `depends_on`. Outputs that nobody declared
 * are left out.
 */
export type Picture = {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
  readonly arrows: readonly PictureArrow[];
};

export type PictureNode = {
  readonly name: string;
  readonly kind: "unit" | "step" | "output";
  /** Short class, or the nested workflow's name. */
  readonly detail: string;
  readonly nested: boolean;
  readonly mapped: boolean;
};

export type PictureArrow = {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Order only: no value travels. */
  readonly orderOnly: boolean;
  readonly conditional: boolean;
};

export function pictureOf(plan: Plan): Picture {
  const [root] = plan.workflows;
  if (root === undefined) return { title: plan.name, nodes: [], arrows: [] };
  const shown = root.nodes.flatMap((node, index) => (isImplicit(node) ? [] : [index]));
  const place = new Map(shown.map((index, at) => [index, at]));
  const nodes = nodesOf(plan, root);
  const arrows = arrowsOf(root).flatMap((arrow) => {
    const from = place.get(arrow.from);
    const to = place.get(arrow.to);
    return from === undefined || to === undefined ? [] : [{ ...arrow, from, to }];
  });
  return { title: plan.name, nodes: shown.flatMap((index) => nodes[index] ?? []), arrows };
}

/** Names of the document have no dot; an output that it does not declare is called `step.port`. */
function isImplicit(node: PlanNode): boolean {
  return node.kind === "output" && node.name.includes(".");
}

function nodesOf(plan: Plan, workflow: WorkflowPlan): readonly PictureNode[] {
  return workflow.nodes.map(({ name, kind, step, unit }) => {
    const nested = plan.workflows[step?.workflow ?? -1];
    const className = nested?.name ?? step?.component?.class ?? unit?.class ?? "";
    const detail = nested === undefined ? className.slice(className.lastIndexOf(".") + 1) : className;
    return { name, kind, detail, nested: nested !== undefined, mapped: step?.forEach !== undefined };
  });
}

function arrowsOf(workflow: WorkflowPlan): readonly PictureArrow[] {
  const links = workflow.links.map((link) => ({
    from: link.from.node,
    to: link.to.node,
    label: label(link),
    orderOnly: false,
    conditional: link.kind === "conditional",
  }));
  const order = workflow.nodes.flatMap((node, to) =>
    node.dependsOn.map((from) => ({ from, to, label: "", orderOnly: true, conditional: false })),
  );
  return [...links, ...order];
}

const MAX_LABEL = 40;

function label(link: PlanLink): string {
  const config = link.transform?.config ?? {};
  const made = config["function"] ?? config["expression"];
  const text = link.condition ?? (typeof made === "string" ? made : "");
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}
