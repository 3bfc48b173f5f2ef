import type { JsonObject } from "../contracts/json.js";
import type { RunEvent } from "../kernel/event.js";
import type { Plan, PlanNode, WorkflowPlan } from "../plan/plan.js";
import type { PlanNote } from "../plan/render/plan-notes.js";
import { summarize } from "./summarize.js";
import type { StepSummary } from "./summary.js";

/** The newest run of the same workflow. */
export type EarlierRun = { readonly name: string; readonly plan: Plan; readonly events: readonly RunEvent[] };

/**
 * What would happen to each step, by path, seen from the last run of the workflow: what changed since, what would come
 * from the cache if the inputs are the same, how long it took. Inputs are not known yet, so a step fed by them is
 * `cached` on condition.
 */
export function planNotes(plan: Plan, earlier: EarlierRun | undefined): ReadonlyMap<string, PlanNote> {
  const notes = new Map<string, PlanNote>();
  const root = plan.workflows[0];
  if (root === undefined) return notes;
  const past = earlier === undefined ? undefined : pastOf(earlier);
  noteWorkflow({ plan, root, prefix: "", past, notes });
  return notes;
}

type Past = {
  readonly name: string;
  readonly plan: Plan;
  readonly workflow: WorkflowPlan | undefined;
  readonly steps: { readonly [name: string]: StepSummary };
};

function pastOf(earlier: EarlierRun): Past {
  const { name, plan } = earlier;
  return { name, plan, workflow: plan.workflows[0], steps: summarize(plan, earlier.events).steps };
}

type Walk = {
  readonly plan: Plan;
  readonly root: WorkflowPlan;
  readonly prefix: string;
  readonly past: Past | undefined;
  readonly notes: Map<string, PlanNote>;
};

function noteWorkflow({ plan, root, prefix, past, notes }: Walk): void {
  for (const number of [...root.steps].sort((a, b) => (root.nodes[a]?.rank ?? 0) - (root.nodes[b]?.rank ?? 0))) {
    const node = root.nodes[number];
    if (node?.step === undefined) continue;
    const before = runningBefore(root, node, prefix, notes);
    const took = past?.steps[node.name];
    const nested = plan.workflows[node.step.workflow ?? -1];
    if (nested !== undefined) {
      const inner = past === undefined || took === undefined ? undefined : innerPast(past, node.name, took);
      noteWorkflow({ plan, root: nested, prefix: `${prefix}${node.name}/`, past: inner, notes });
    }
    const note =
      nested === undefined ? noteOf(node, past, took, before) : nestedNote(nested, `${prefix}${node.name}/`, notes);
    const predicted =
      took?.status === "succeeded" && took.duration_ms > 0 && !took.cached ? { predictedMs: took.duration_ms } : {};
    notes.set(`${prefix}${node.name}`, { ...note, ...(note.action === "run" ? predicted : {}) });
  }
}

function innerPast(past: Past, step: string, took: StepSummary): Past | undefined {
  const node = past.workflow?.nodes.find((one) => one.kind === "step" && one.name === step);
  const run = took.run ?? took.items?.[0]?.run;
  const workflow = past.plan.workflows[node?.step?.workflow ?? -1];
  return run === undefined ? undefined : { ...past, workflow, steps: run.steps };
}

/** The first of the steps before this one that will run: its outputs may change. */
function runningBefore(
  root: WorkflowPlan,
  node: PlanNode,
  prefix: string,
  notes: ReadonlyMap<string, PlanNote>,
): string | undefined {
  const seen = new Set<number>();
  const queue = node.ports.flatMap((port) => port.links);
  for (let link = queue.shift(); link !== undefined; link = queue.shift()) {
    if (seen.has(link)) continue;
    seen.add(link);
    const source = root.nodes[root.links[link]?.from.node ?? -1];
    if (source === undefined) continue;
    if (source.kind === "step" && notes.get(prefix + source.name)?.action === "run") return source.name;
    if (source.kind !== "step") queue.push(...source.ports.flatMap((port) => port.links));
  }
  return undefined;
}

function nestedNote(nested: WorkflowPlan, prefix: string, notes: ReadonlyMap<string, PlanNote>): PlanNote {
  const running = nested.steps.filter(
    (number) => notes.get(prefix + (nested.nodes[number]?.name ?? ""))?.action === "run",
  );
  const all = nested.steps.length;
  if (running.length === 0) return { action: "cached", reason: "all its steps are unchanged" };
  return { action: "run", reason: `${running.length} of its ${all} steps run` };
}

function noteOf(
  node: PlanNode,
  past: Past | undefined,
  took: StepSummary | undefined,
  before: string | undefined,
): PlanNote {
  const run = (reason: string): PlanNote => ({ action: "run", reason });
  if (node.step?.cache === "off") return run("its results are not cached");
  if (past === undefined) return run("no earlier run");
  const known = past.workflow?.nodes.find((one) => one.kind === "step" && one.name === node.name);
  if (known === undefined) return run(`new since ${past.name}`);
  const changes = changesOf(known, node);
  if (changes.length > 0) return run(`${changes.slice(0, 3).join(", ")} changed since ${past.name}`);
  if (took?.status !== "succeeded") return run(`${took?.status ?? "never started"} in ${past.name}`);
  if (before !== undefined) return run(`${before} runs before it; cached if that gives the same`);
  return { action: "cached", reason: `unchanged since ${past.name}, if its inputs are the same` };
}

/** What of a step differs: class, version, config keys, or which links feed it. */
function changesOf(before: PlanNode, now: PlanNode): readonly string[] {
  const old = before.step?.component;
  const next = now.step?.component;
  const changes: string[] = [];
  if (old?.class !== next?.class) changes.push("class");
  if (old?.version !== next?.version) changes.push("version");
  changes.push(...configChanges(old?.config ?? {}, next?.config ?? {}));
  if (shape(before) !== shape(now)) changes.push("its inputs");
  return changes;
}

function configChanges(before: JsonObject, now: JsonObject): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key])).map((key) => `config.${key}`);
}

function shape(node: PlanNode): string {
  return JSON.stringify(node.ports.map((port) => [port.name, port.links.length, port.default ?? null]));
}
