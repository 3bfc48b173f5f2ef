import type { PlanLink, PlanNode, PlanQueue, PlanTarget, PlanTrigger } from "../plan/plan.js";
import { lettersOf, parseEnd, type TriggerSpec, type WorkflowSpec } from "./plan-spec.js";

/** Queues and triggers of built plans. */

type Nodes = { readonly nodes: readonly PlanNode[]; readonly at: ReadonlyMap<string, number> };

export function buildQueues(spec: WorkflowSpec, links: readonly PlanLink[], { at }: Nodes): readonly PlanQueue[] {
  return Object.entries(spec.queues ?? {}).map(([name, queue], index): PlanQueue => {
    const own = links.flatMap((link, number) => (link.queue === index ? [number] : []));
    const { each = false, capacity = 100, balance = "round_robin", weights, key, maxDeliveries = 3 } = queue;
    return {
      name,
      from: links[own[0] ?? -1]?.from ?? { node: -1, port: "" },
      links: own,
      each,
      capacity,
      balance,
      weights: weights ?? own.map(() => 1),
      ...(key === undefined ? {} : { key }),
      maxDeliveries,
      letters: at.get(lettersOf(name)) ?? -1,
    };
  });
}

const place = { file: "built.yml", line: 1, column: 1 };

export function buildTriggers(spec: WorkflowSpec, found: Nodes): readonly PlanTrigger[] {
  const names = Object.keys(spec.triggers ?? {});
  return Object.entries(spec.triggers ?? {}).map(([name, trigger]): PlanTrigger => {
    const { kind, mode = "any", debounceMs = 0, coalesce = false, condition, windowMs = null, rearmMs = 0 } = trigger;
    return {
      name,
      place,
      kind,
      targets: (trigger.targets ?? []).map((target) => buildTarget(name, trigger, target, found)),
      progress: trigger.progress ?? false,
      watch: watched(trigger, found.at),
      mode,
      debounceMs,
      coalesce,
      ...(kind === "timer" ? { timer: { timezone: "UTC", misfire: "once", ...trigger.timer } } : {}),
      ...(condition === undefined ? {} : { condition }),
      windowMs,
      rearmMs,
      ...(kind === "folder" ? { folder: { path: "inbox", pattern: "*" } } : {}),
      members: (trigger.members ?? []).map((member) => names.indexOf(member)),
    };
  });
}

function watched(trigger: TriggerSpec, at: ReadonlyMap<string, number>): PlanTrigger["watch"] {
  return (trigger.watch ?? []).map((text) => {
    const { name, port } = parseEnd(text);
    return { node: at.get(name) ?? -1, port };
  });
}

function buildTarget(name: string, trigger: TriggerSpec, text: string, { nodes, at }: Nodes): PlanTarget {
  const [step = "", named] = text.split(".");
  const node = at.get(step) ?? -1;
  const watch = trigger.watch ?? [];
  if (named !== undefined) return { node, feeds: [{ watch: watch.length > 0 ? 0 : -1, port: named }] };
  const ports = new Set(nodes[node]?.ports.map((port) => port.name));
  const values = watch.flatMap((unit, index) => (ports.has(unit) ? [{ watch: index, port: unit }] : []));
  return { node, feeds: watch.length === 0 && ports.has(name) ? [{ watch: -1, port: name }] : values };
}

/** Steps that triggers of an event-driven workflow fire. */
export function triggeredSteps(spec: WorkflowSpec): ReadonlySet<string> {
  if (spec.strategy !== "event_driven") return new Set();
  const targets = Object.values(spec.triggers ?? {}).flatMap((trigger) => trigger.targets ?? []);
  return new Set(targets.map((target) => target.split(".")[0] ?? ""));
}
