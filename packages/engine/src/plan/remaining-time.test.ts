import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPlan } from "../testing/plan-builder.js";
import type { WorkflowPlan } from "./plan.js";
import { remainingTime } from "./remaining-time.js";

const workflow = (steps: readonly string[], links: readonly string[]): WorkflowPlan =>
  buildPlan({ steps: Object.fromEntries(steps.map((name) => [name, {}])), links }).workflows[0] as WorkflowPlan;

const edges = fc.integer({ min: 2, max: 12 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    pairs: fc.uniqueArray(
      fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a < b),
      { maxLength: 20, selector: String },
    ),
    times: fc.array(fc.nat(50), { minLength: size, maxLength: size }),
  }),
);

describe("remaining time", () => {
  it("any graph: the longest path from each step, by trying all", () => {
    fc.assert(
      fc.property(edges, ({ size, pairs, times }) => {
        const names = Array.from({ length: size }, (_, at) => `s${at}`);
        const plan = workflow(
          names,
          pairs.map(([a, b]) => `s${a}.x -> s${b}.from${a}`),
        );
        const indexOf = (step: number) => plan.nodes.findIndex((node) => node.name === `s${step}`);
        const longest = (step: number): number =>
          (times[step] ?? 0) + Math.max(0, ...pairs.filter(([a]) => a === step).map(([, b]) => longest(b)));
        const found = remainingTime(plan, (node) => times[Number(plan.nodes[node]?.name.slice(1))] ?? 0);
        for (let step = 0; step < size; step++) expect(found[indexOf(step)]).toBe(longest(step));
      }),
    );
  });

  it("one unit of time a step: what the plan itself counts", () => {
    const plan = workflow(["a", "b", "c", "d"], ["a.x -> b.in", "b.x -> c.in", "a.x -> d.in"]);
    expect([...remainingTime(plan, () => 1)]).toEqual(plan.nodes.map((node) => node.tail));
  });
});
