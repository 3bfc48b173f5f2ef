import type { Plan, PlanLink, PlanNode, PlanTrigger, WorkflowPlan } from "../plan.js";
import { describeTrigger } from "./plan-reactions.js";
import { shortMarks } from "./step-marks.js";

/**
 * What the drawings show: the root workflow's nodes and triggers, and one arrow per link, `depends_on` and firing. Outputs
 * that nobody declared, and dead letters that nobody reads, are left out.
 */
export type Picture = {
  readonly title: string;
  readonly nodes: readonly PictureNode[];
  readonly arrows: readonly PictureArrow[];
};

export type PictureNode = {
  readonly name: string;
  readonly kind: "unit" | "step" | "output" | "trigger";
  /** Short class, the nested workflow's name, or what a trigger waits for. */
  readonly detail: string;
  /** Drawn with a double edge: there is more inside. */
  readonly isNested: boolean;
  /** How it runs other than once: `each`, `repeats`, `waits`, `asks`. */
  readonly marks: readonly string[];
  /** Drawn after those of a lower rank. */
  readonly rank: number;
};

export type PictureArrow = {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** `order`: no value travels. `gate`: a value may travel. `fires`: between triggers and what they watch and fire. */
  readonly kind: "link" | "gate" | "queue" | "order" | "fires";
};

export function pictureOf(plan: Plan): Picture {
  const [root] = plan.workflows;
  if (root === undefined) return { title: plan.name, nodes: [], arrows: [] };
  const shown = root.nodes.flatMap((node, index) => (isHidden(node) ? [] : [index]));
  const place = new Map(shown.map((index, at) => [index, at]));
  const nodes = nodesOf(plan, root);
  const arrows = [...linkArrows(root), ...orderArrows(root)].flatMap((arrow) => {
    const from = place.get(arrow.from);
    const to = place.get(arrow.to);
    return from === undefined || to === undefined ? [] : [{ ...arrow, from, to }];
  });
  return {
    title: plan.name,
    nodes: [...shown.flatMap((index) => nodes[index] ?? []), ...root.triggers.map((one) => triggerNode(root, one))],
    arrows: [...arrows, ...firingArrows(root, place, shown.length)],
  };
}

/** Names of the document have no dot; an output that it does not declare is called `step.port`. */
function isHidden(node: PlanNode): boolean {
  return node.kind === "output"
    ? node.name.includes(".")
    : node.unit?.letters !== undefined && node.outLinks.length === 0;
}

function nodesOf(plan: Plan, workflow: WorkflowPlan): readonly PictureNode[] {
  return workflow.nodes.map((node) => {
    const { name, kind, step, unit, rank } = node;
    const nested = plan.workflows[step?.workflow ?? -1];
    const className = nested?.name ?? step?.component?.class ?? unit?.class ?? "";
    const detail = nested === undefined ? className.slice(className.lastIndexOf(".") + 1) : className;
    return { name, kind, detail, isNested: nested !== undefined, marks: shortMarks(node), rank };
  });
}

/** Below what it watches, else above all. */
function triggerNode(workflow: WorkflowPlan, trigger: PlanTrigger): PictureNode {
  const rank = Math.max(-1, ...trigger.watch.map(({ node }) => (workflow.nodes[node]?.rank ?? 0) + 0.5));
  const detail = describeTrigger(workflow, trigger).what;
  return { name: trigger.name, kind: "trigger", detail, isNested: false, marks: [], rank };
}

const KINDS: { readonly [kind in PlanLink["kind"]]: PictureArrow["kind"] } = {
  direct: "link",
  transform: "link",
  conditional: "gate",
  queue: "queue",
};

function linkArrows(workflow: WorkflowPlan): readonly PictureArrow[] {
  return workflow.links.map((link) => ({
    from: link.from.node,
    to: link.to.node,
    label: label(workflow, link),
    kind: KINDS[link.kind],
  }));
}

function orderArrows(workflow: WorkflowPlan): readonly PictureArrow[] {
  return workflow.nodes.flatMap((node, to) =>
    node.dependsOn.map((from): PictureArrow => ({ from, to, label: "", kind: "order" })),
  );
}

/** Triggers stand behind the nodes: the first at `start`. */
function firingArrows(
  workflow: WorkflowPlan,
  place: ReadonlyMap<number, number>,
  start: number,
): readonly PictureArrow[] {
  const arrow = (from: number | undefined, to: number | undefined): readonly PictureArrow[] =>
    from === undefined || to === undefined ? [] : [{ from, to, label: "", kind: "fires" }];
  return workflow.triggers.flatMap((trigger, position) => [
    ...trigger.watch.flatMap(({ node }) => arrow(place.get(node), start + position)),
    ...trigger.members.flatMap((member) => arrow(start + member, start + position)),
    ...trigger.targets.flatMap(({ node }) => arrow(start + position, place.get(node))),
  ]);
}

const MAX_LABEL = 40;

function label(workflow: WorkflowPlan, link: PlanLink): string {
  const queue = workflow.queues[link.queue ?? -1];
  if (queue !== undefined) return `${queue.name}${queue.each ? ", one by one" : ""}`;
  const config = link.transform?.config ?? {};
  const made = config["function"] ?? config["expression"];
  const text = link.condition ?? (typeof made === "string" ? made : "");
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}
