import type { Plan, WorkflowPlan } from "../plan.js";
import { noteOf, type PlanNotes } from "./plan-notes.js";
import { type Described, describeQueue, describeTrigger } from "./plan-reactions.js";
import { firedBy, longMarks } from "./step-marks.js";
import { stepNeeds } from "./step-needs.js";

type Row = {
  readonly indent: number;
  readonly name: string;
  readonly group: string;
  readonly action: string;
  readonly reason: string;
  readonly marks: string;
  readonly after: string;
};

const MAX_NEEDS = 6;

/**
 * A plan for the terminal: a line per step with its group, whether it runs or comes from the cache, why, and what it
 * waits for. Under `width` columns (default 100) reason and needs go onto lines of their own.
 */
export function planText(plan: Plan, notes: PlanNotes = new Map(), options: { readonly width?: number } = {}): string {
  const [root] = plan.workflows;
  if (root === undefined) return "";
  const rows = rowsOf(plan, root, notes, "", 1);
  const steps = counted(root.steps.length, "step");
  const groups = counted(root.stages.length, "group");
  const head = `${plan.name} · ${root.strategy} strategy · ${steps} in ${groups} · plan ${plan.hash.slice(0, 8)}`;
  const width = options.width ?? 100;
  const reactions = plan.workflows.flatMap((workflow) => [
    ...section(
      "queues",
      root,
      workflow,
      workflow.queues.map((queue) => describeQueue(workflow, queue)),
      width,
    ),
    ...section(
      "triggers",
      root,
      workflow,
      workflow.triggers.map((trigger) => describeTrigger(workflow, trigger)),
      width,
    ),
  ]);
  const notices = (plan.standIns ?? []).flatMap((text) => [
    `note  ${text.split(": ")[0] ?? ""}:`,
    `      ${text.split(": ").slice(1).join(": ")}`,
  ]);
  return [head, ...lines(rows, width), ...reactions, ...notices].join("\n");
}

/** A line for each queue or trigger, or two where one is too wide. */
function section(
  title: string,
  root: WorkflowPlan,
  workflow: WorkflowPlan,
  described: readonly Described[],
  width: number,
): readonly string[] {
  if (described.length === 0) return [];
  const name = described.reduce((most, one) => Math.max(most, one.name.length), 0);
  return [
    workflow === root ? title : `${title} of ${workflow.name}`,
    ...described.flatMap((one) => {
      const start = `  ${one.name.padEnd(name)}  ${one.what}`;
      const end = one.ends.length === 0 ? "" : `-> ${one.ends.join(", ")}`;
      const whole = `${start}  ${end}`.trimEnd();
      return whole.length <= width || end === "" ? [whole] : [start, `    ${end}`];
    }),
  ];
}

function rowsOf(plan: Plan, workflow: WorkflowPlan, notes: PlanNotes, prefix: string, indent: number): readonly Row[] {
  const needs = stepNeeds(workflow);
  const fired = firedBy(workflow);
  return workflow.stages.flat().flatMap((number) => {
    const node = workflow.nodes[number];
    if (node === undefined) return [];
    const { action, reason, predictedMs } = noteOf(notes, prefix + node.name);
    const time = predictedMs === undefined ? "" : `  ~${seconds(predictedMs)}`;
    const row: Row = {
      indent,
      name: node.name,
      group: `group ${node.depth + 1}`,
      action: action === "run" ? "runs" : "cached",
      reason: reason + time,
      marks: longMarks(node, fired.get(number) ?? []).join(", "),
      after: after((needs[number] ?? []).map((need) => workflow.nodes[need]?.name ?? "")),
    };
    const nested = plan.workflows[node.step?.workflow ?? -1];
    return nested === undefined ? [row] : [row, ...rowsOf(plan, nested, notes, `${prefix}${node.name}/`, indent + 1)];
  });
}

function after(names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > MAX_NEEDS ? ` and ${names.length - MAX_NEEDS} more` : "";
  return `after ${names.slice(0, MAX_NEEDS).join(", ")}${more}`;
}

function lines(rows: readonly Row[], width: number): readonly string[] {
  const widest = (of: (row: Row) => string) => rows.reduce((most, row) => Math.max(most, of(row).length), 0);
  const name = widest((row) => " ".repeat(2 * row.indent) + row.name);
  const group = widest((row) => row.group);
  const action = widest((row) => row.action);
  return rows.flatMap((row) => {
    const start = [
      `${" ".repeat(2 * row.indent)}${row.name}`.padEnd(name),
      row.group.padEnd(group),
      row.action.padEnd(action),
    ].join("  ");
    const rest = [row.reason, row.marks, row.after].filter((part) => part !== "");
    const whole = [start, ...rest].join("  ").trimEnd();
    if (whole.length <= width) return [whole];
    const indent = " ".repeat(2 * row.indent + 2);
    return [start.trimEnd(), ...rest.map((part) => indent + part)];
  });
}

export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

function seconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s` : `${(ms / 60_000).toFixed(1)} min`;
}
