import { describe, expect, it } from "vitest";
import { buildPlan } from "../testing/plan-builder.js";
import type { WorkflowSpec } from "../testing/plan-spec.js";
import { SymbolicHost } from "../testing/symbolic-host.js";
import { OpenCells } from "./open-cells.js";
import type { RunTree } from "./state.js";

/** What never changes: shared by all runs, or of the world. */
const shared = new Set(["plan", "topologies", "topology", "workflow"]);

/** Everything that hangs on a state: fields, elements, entries. */
function weigh(tree: RunTree): number {
  const seen = new Set<object>();
  const open: unknown[] = [tree];
  let parts = 0;
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const inside = insideOf(value);
    parts += inside.length;
    open.push(...inside);
  }
  return parts;
}

function insideOf(value: object): readonly unknown[] {
  if (value instanceof OpenCells) return [...value.values()];
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  if (ArrayBuffer.isView(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => (shared.has(key) ? [] : [part]));
}

const many = { maxActivations: 1_000_000 };

const linked: WorkflowSpec = {
  strategy: "event_driven",
  completion: "manual",
  parameters: { u: {} },
  units: { in: {} },
  steps: { a: { ...many, ports: { in: { merge: "each" } } }, b: many, c: many },
  links: ["in -> a.in", "a.x -> b.in", "b.x -> c.in"],
};

const triggered: WorkflowSpec = {
  strategy: "event_driven",
  completion: "manual",
  units: { in: {}, v: {}, w: {} },
  steps: {
    a: { ...many, ports: { in: {} } },
    b: { ...many, ports: { v: {} } },
    c: { ...many, ports: { w: {} } },
  },
  links: ["a.x -> v", "b.x -> w"],
  triggers: {
    first: { kind: "data_updated", watch: ["in"], targets: ["a"] },
    second: { kind: "data_updated", watch: ["v"], targets: ["b"] },
    third: { kind: "data_updated", watch: ["w"], targets: ["c"] },
  },
};

const queued: WorkflowSpec = {
  strategy: "event_driven",
  completion: "manual",
  units: { in: {} },
  steps: { a: many, b: { ...many, concurrency: 2 }, c: many },
  links: ["in -> a.in"],
  queues: { q: { link: "a.x => b.in, c.in", capacity: 4 } },
};

/** The weight of the state after so many values from outside. */
function weightAfter(spec: WorkflowSpec, values: number): { readonly parts: number; readonly begun: number } {
  const host = new SymbolicHost(buildPlan(spec), { seed: 1 });
  host.begin();
  const nodes = host.tree.plan.workflows[0]?.nodes ?? [];
  const node = nodes.findIndex(({ name }) => name === "in");
  const last = nodes.findIndex(({ name }) => name === "c");
  for (let value = 0; value < values; value++) {
    host.send({ type: "unit.set", run: 0, node, value: { json: value }, by: "test" });
    while (host.move());
  }
  return { parts: weigh(host.tree), begun: host.tree.runs[0]?.begun[last] ?? 0 };
}

describe("state of a run without end", () => {
  it.each([
    ["three steps behind each other", linked, 1],
    ["three steps that triggers fire", triggered, 1],
    ["a queue with two targets", queued, 0.3],
  ] as const)("%s: does not grow with what has passed", (_name, spec, share) => {
    const early = weightAfter(spec, 300);
    const late = weightAfter(spec, 1500);
    expect(late.begun).toBeGreaterThan(1500 * share - 2);
    expect(late.parts).toBe(early.parts);
  });
});
