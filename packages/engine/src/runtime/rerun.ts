import type { Json } from "../contracts/json.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { HostParts } from "../host/parts.js";
import type { PortValues, RunEvent, Unstamped } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { findLinks } from "../values/findings.js";
import type { RunSettings } from "../values/parts.js";
import { canonical } from "../values/values.js";

type Settled = { readonly status: "succeeded" | "skipped"; readonly out: PortValues };

/**
 * What a fork takes over: the top-level steps that succeeded or were skipped, are not downstream of `from`, and are the same in
 * the plan as it is now. In topological order. Failed steps run again.
 */
export async function reusedActivations(
  parts: HostParts,
  settings: RunSettings,
  source: { readonly id: string; readonly plan: Plan; readonly events: readonly RunEvent[] },
  plan: Plan,
  from: string,
): Promise<Unstamped[]> {
  const root = plan.workflows[0] as WorkflowPlan;
  const before = source.plan.workflows[0] as WorkflowPlan;
  const start = topStep(plan, root, from);
  const again = downstream(root, start);
  const settled = settledSteps(before, source.events);
  const reused: Unstamped[] = [];
  for (const node of [...root.steps].sort((a, b) => (root.nodes[a]?.rank ?? 0) - (root.nodes[b]?.rank ?? 0))) {
    const name = root.nodes[node]?.name ?? "";
    const result = settled.get(name);
    if (again.has(node)) continue;
    if (result === undefined || !isSame(source.plan, before, plan, root, name)) {
      for (const below of downstream(root, node)) again.add(below);
      continue;
    }
    const links = await findLinks(parts, settings, root, node, result.out, { runId: source.id, step: name });
    reused.push({
      type: "activation.reused",
      run: 0,
      node,
      n: 1,
      status: result.status,
      out: result.out,
      links,
      from: source.id,
    });
  }
  return reused;
}

/** The root's step on the way to `from`, each part of which must be there: `outer[3]/inner`. */
function topStep(plan: Plan, root: WorkflowPlan, from: string): number {
  const names = from.split("/").map((part) => part.replace(/\[\d+\]$/, ""));
  const places: number[] = [];
  let workflow: WorkflowPlan | undefined = root;
  for (const name of names) {
    const inside: WorkflowPlan | undefined = workflow;
    const found: number | undefined = inside?.steps.find((node) => inside.nodes[node]?.name === name);
    if (inside === undefined || found === undefined) {
      const known = inside?.steps.map((node) => inside.nodes[node]?.name).join(", ") ?? "none";
      const where = inside === undefined ? `${names[places.length - 1]} is no workflow and` : `workflow ${inside.name}`;
      throw nanobrainError("E_USAGE", {
        problem: `Cannot rerun from ${from}: ${where} has no such step (steps: ${known})`,
      });
    }
    places.push(found);
    workflow = plan.workflows[inside.nodes[found]?.step?.workflow ?? -1];
  }
  return places[0] as number;
}

/** The node and all that its tokens or order reach. */
function downstream(workflow: WorkflowPlan, start: number): Set<number> {
  const found = new Set([start]);
  const queue = [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const targets = (workflow.nodes[node]?.outLinks ?? []).map((link) => workflow.links[link]?.to.node ?? -1);
    const ordered = workflow.nodes.flatMap((other, index) => (other.dependsOn.includes(node as number) ? [index] : []));
    for (const next of [...targets, ...ordered]) {
      if (next < 0 || found.has(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return found;
}

function settledSteps(workflow: WorkflowPlan, events: readonly RunEvent[]): Map<string, Settled> {
  const settled = new Map<string, Settled>();
  /** Failed and passed over: what is gathered after that is the `error` port alone. */
  const passedOver = new Set<string>();
  for (const event of events) {
    if (!("run" in event) || event.run !== 0 || !("node" in event)) continue;
    const node = workflow.nodes[event.node];
    if (node?.kind !== "step") continue;
    const single = node.step?.forEach === undefined && node.step?.workflow === undefined;
    if (event.type === "attempt.succeeded" && single) settled.set(node.name, { status: "succeeded", out: event.out });
    if (event.type === "activation.gathered" && !passedOver.has(node.name))
      settled.set(node.name, { status: "succeeded", out: event.out });
    if (event.type === "activation.skipped") settled.set(node.name, { status: "skipped", out: {} });
    if (event.type === "activation.failed") settled.delete(node.name);
    if (event.type === "activation.failed" && event.handling === "continue") passedOver.add(node.name);
    if (event.type === "activation.reused" && event.status !== "failed")
      settled.set(node.name, { status: event.status, out: event.out });
  }
  return settled;
}

/** Same component, config, ports and, for nested workflows, the same nested plan. */
function isSame(planBefore: Plan, before: WorkflowPlan, plan: Plan, now: WorkflowPlan, name: string): boolean {
  if (planBefore.hash === plan.hash) return true;
  const describe = (owner: Plan, workflow: WorkflowPlan): string | undefined => {
    const node = workflow.nodes.find((candidate) => candidate.kind === "step" && candidate.name === name);
    if (node?.step === undefined) return undefined;
    const nested = node.step.workflow === undefined ? null : owner.workflows[node.step.workflow];
    const incoming = node.ports.map((port) => [
      port.name,
      port.default ?? null,
      port.links.map((link) => workflow.links[link]?.from ?? null),
    ]);
    return canonical([
      node.step.component ?? null,
      node.step.forEach ?? null,
      nested ?? null,
      incoming,
    ] as unknown as Json);
  };
  const left = describe(planBefore, before);
  return left !== undefined && left === describe(plan, now);
}
