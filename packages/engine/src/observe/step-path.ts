import type { Cell } from "../kernel/event.js";
import type { Plan, PlanLink, PlanNode, WorkflowPlan } from "../plan/plan.js";

/** One part of a step path: `outer[3]` is step `outer`, item 3 (0-based). */
export type PathPart = { readonly name: string; readonly item: number | null };

/** Splits `outer[3]/inner`. Undefined: not of that form. */
export function parseStepPath(text: string): readonly PathPart[] | undefined {
  const parts: PathPart[] = [];
  for (const piece of text.split("/")) {
    const match = /^([A-Za-z][A-Za-z0-9_.-]{0,300})(?:\[(\d{1,9})\])?$/.exec(piece);
    if (match?.[1] === undefined) return undefined;
    parts.push({ name: match[1], item: match[2] === undefined ? null : Number(match[2]) });
  }
  return parts;
}

/** Which run of the tree each number names, and the paths of what happens in it. Child runs are told as they start. */
export interface RunPaths {
  /** Told of a child run: its number, its workflow and the cell it runs for. */
  enter(run: number, workflow: number, parent: Cell | null): void;
  workflow(run: number): WorkflowPlan | undefined;
  /** `outer[3]/inner`; with `item`, the step's own item is named too. */
  step(run: number, node: number, item?: number): string;
  /** `outer[3]` for the run inside it; empty for the root. */
  prefix(run: number): string;
}

type Entry = { readonly plan: WorkflowPlan | undefined; readonly prefix: string };

export function createRunPaths(plan: Plan): RunPaths {
  const entries: (Entry | undefined)[] = [{ plan: plan.workflows[0], prefix: "" }];
  const step = (run: number, node: number, item?: number): string => {
    const entry = entries[run];
    const found = entry?.plan?.nodes[node];
    const name = found?.name ?? `node ${node}`;
    const mapped = item !== undefined && found?.step?.forEach !== undefined;
    return `${entry?.prefix ?? ""}${name}${mapped ? `[${item}]` : ""}`;
  };
  return {
    enter(run, workflow, parent) {
      const prefix = parent === null ? "" : `${step(parent.run, parent.node, parent.c)}/`;
      entries[run] = { plan: plan.workflows[workflow], prefix };
    },
    workflow: (run) => entries[run]?.plan,
    step,
    prefix: (run) => entries[run]?.prefix.slice(0, -1) ?? "",
  };
}

/** `step.port`, or the name alone for units and outputs. */
export function portName(node: PlanNode | undefined, port: string): string {
  if (node === undefined) return port;
  return node.kind === "step" ? `${node.name}.${port}` : node.name;
}

export function sourceName(plan: WorkflowPlan, link: PlanLink): string {
  return portName(plan.nodes[link.from.node], link.from.port);
}

export function targetName(plan: WorkflowPlan, link: PlanLink): string {
  return portName(plan.nodes[link.to.node], link.to.port);
}

type RunLike = { readonly plan: WorkflowPlan; readonly parent: Cell | null };

/** `outer[3]/` for a run inside item 3 of `outer`; empty for the root. */
export function findRunPrefix(trace: { readonly runs: readonly (RunLike | undefined)[] }, run: RunLike): string {
  if (run.parent === null) return "";
  const around = trace.runs[run.parent.run];
  const planned = around?.plan.nodes[run.parent.node];
  if (around === undefined || planned === undefined) return "";
  const item = planned.step?.forEach === undefined ? "" : `[${run.parent.c}]`;
  return `${findRunPrefix(trace, around)}${planned.name}${item}/`;
}
