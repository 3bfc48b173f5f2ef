import { describe, expect, it } from "vitest";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { buildPlan } from "../testing/plan-builder.js";
import type { WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { SymbolicHost } from "../testing/symbolic-host.js";
import type { RunState } from "./state.js";

/** `width` chains of `length` steps each. */
function chains(width: number, length: number, strategy: WorkflowSpec["strategy"] = "graph"): WorkflowSpec {
  const names = Array.from({ length: width * length }, (_, index) => `s${index}`);
  const follows = names.flatMap((name, index) => (index >= width ? [`s${index - width}.x -> ${name}.in`] : []));
  return { strategy, steps: Object.fromEntries(names.map((name) => [name, {}])), links: follows };
}

/** Steps that end at outputs which collect: each of these is closed by itself when nothing else will come. */
function neverFed(count: number): WorkflowSpec {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  return {
    steps: Object.fromEntries(names.map((name) => [name, {}])),
    outputs: Object.fromEntries(names.map((name) => [`${name}End`, { merge: "collect" }])),
    links: names.map((name) => `${name}.x -> ${name}End`),
  };
}

type Counter = { reads: number };

/** Counts how often elements of an array are read or written. */
function counted<T extends object>(array: T, counter: Counter): T {
  return new Proxy(array, {
    get(target, key) {
      if (typeof key === "string" && key.length > 0 && key >= "0" && key <= "9999999") counter.reads++;
      if (key === "slice") counter.reads += Number(Reflect.get(target, "length"));
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set(target, key, value) {
      counter.reads++;
      return Reflect.set(target, key, value, target);
    },
  });
}

/** Array accesses per event while the run goes from its first start to its end. */
function accessesPerEvent(spec: WorkflowSpec, more: Partial<WorkflowPlan> = {}): number {
  const counter: Counter = { reads: 0 };
  const plan = buildPlan(spec);
  const [workflow] = plan.workflows;
  if (workflow === undefined) throw new Error("a workflow is expected");
  const watched = {
    ...workflow,
    nodes: counted([...workflow.nodes], counter),
    links: counted([...workflow.links], counter),
    ...more,
  };
  const host = new SymbolicHost({ ...plan, workflows: [watched] } as Plan, { seed: 1, slots: 8 });
  host.begin();
  const run = host.tree.runs[0] as RunState;
  for (const key of ["need", "depends", "node", "begun", "odd", "token", "queued", "carried"] as const)
    Object.assign(run, { [key]: counted(run[key], counter) });
  counter.reads = 0;
  const before = host.journal.length;
  host.run();
  expect(host.status).toBe("completed");
  return counter.reads / (host.journal.length - before);
}

describe("cost", () => {
  it("a plain step: two events", () => {
    const { host } = new SteeredRun([chains(10, 20)]).begin().finish();
    expect(host.journal.length).toBe(2 * 200 + 3);
  });

  it.each(["sequential", "parallel", "graph"] as const)(
    "%s: work per event does not grow with the number of steps",
    (strategy) => {
      const few = accessesPerEvent(chains(10, 10, strategy));
      const many = accessesPerEvent(chains(10, 200, strategy));
      const wide = accessesPerEvent(chains(1000, 2, strategy));
      expect(few).toBeLessThan(100);
      expect(many).toBeLessThan(few * 1.2);
      expect(wide).toBeLessThan(few * 1.2);
    },
  );

  it("a run that may be rolled back: each checkpoint costs what has changed since the last", () => {
    const restorable = { restorable: true };
    const few = accessesPerEvent(chains(1, 100, "sequential"), restorable);
    const many = accessesPerEvent(chains(1, 2000, "sequential"), restorable);
    const wide = accessesPerEvent(chains(200, 2, "sequential"), restorable);
    expect(many).toBeLessThan(few * 1.2);
    expect(wide).toBeLessThan(few * 1.2);
  });

  it("closing: work per node does not grow with the number of nodes that wait for nothing", () => {
    const few = accessesPerEvent(neverFed(20));
    const many = accessesPerEvent(neverFed(1000));
    expect(many).toBeLessThan(few * 1.2);
  });
});
