import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPlan } from "../testing/plan-builder.js";
import { bestOrder } from "./best-order.js";
import { listSchedule, type Tasks } from "./list-schedule.js";
import type { WorkflowPlan } from "./plan.js";
import { remainingTime } from "./remaining-time.js";

type Graph = {
  readonly size: number;
  readonly pairs: readonly (readonly [number, number])[];
  readonly times: number[];
};

const graphs = fc.integer({ min: 2, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    pairs: fc.uniqueArray(
      fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).filter(([a, b]) => a < b),
      { maxLength: 12, selector: String },
    ),
    times: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: size, maxLength: size }),
  }),
);

function planOf({ size, pairs }: Graph): WorkflowPlan {
  const steps = Object.fromEntries(Array.from({ length: size }, (_, at) => [`s${at}`, {}]));
  const links = pairs.map(([a, b]) => `s${a}.x -> s${b}.from${a}`);
  return buildPlan({ steps, links }).workflows[0] as WorkflowPlan;
}

function tasksOf({ size, pairs, times }: Graph): Tasks {
  const all = Array.from({ length: size }, (_, at) => at);
  return {
    ms: Float64Array.from(times),
    takesLane: new Uint8Array(size).fill(1),
    before: all.map((at) => pairs.filter(([, b]) => b === at).map(([a]) => a)),
    after: all.map((at) => pairs.filter(([a]) => a === at).map(([, b]) => b)),
  };
}

const step = (plan: WorkflowPlan, node: number): number => Number(plan.nodes[node]?.name.slice(1));

describe("list schedule", () => {
  it("any graph: each task after those before it, no more at once than lanes, no lane idle while a task is ready", () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 3 }), (graph, lanes) => {
        const tasks = tasksOf(graph);
        const { start, end, makespanMs } = listSchedule(tasks, lanes, Float64Array.from(graph.times));
        const at = (time: number) =>
          graph.times.filter((_, i) => (start[i] ?? 0) <= time && time < (end[i] ?? 0)).length;
        for (let task = 0; task < graph.size; task++) {
          const ready = Math.max(0, ...(tasks.before[task] ?? []).map((before) => end[before] ?? 0));
          expect(start[task]).toBeGreaterThanOrEqual(ready);
          expect(end[task]).toBe((start[task] ?? 0) + (graph.times[task] ?? 0));
          expect(at(start[task] ?? 0)).toBeLessThanOrEqual(lanes);
          for (let time = ready; time < (start[task] ?? 0); time++) expect(at(time)).toBe(lanes);
        }
        expect(makespanMs).toBe(Math.max(...end));
      }),
    );
  });
});

describe("best order", () => {
  it("any graph: as a list, it takes no longer than the longest way ahead first", () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 1, max: 3 }), (graph, lanes) => {
        const plan = planOf(graph);
        const timeOf = (node: number) => graph.times[step(plan, node)] ?? 0;
        const bySteps = (priority: Float64Array): Float64Array => {
          const found = new Float64Array(graph.size);
          plan.nodes.forEach((node, at) => {
            if (node.kind === "step") found[step(plan, at)] = priority[at] ?? 0;
          });
          return found;
        };
        const makespan = (priority: Float64Array) => listSchedule(tasksOf(graph), lanes, bySteps(priority)).makespanMs;
        const longestFirst = makespan(remainingTime(plan, timeOf));
        expect(makespan(bestOrder(plan, lanes, timeOf))).toBeLessThanOrEqual(longestFirst);
      }),
    );
  });

  it("where the longest way ahead is not the best: it is beaten", () => {
    const graph: Graph = { size: 4, pairs: [[2, 3]], times: [4, 6, 3, 5] };
    const plan = planOf(graph);
    const timeOf = (node: number) => graph.times[step(plan, node)] ?? 0;
    const makespan = (priority: Float64Array) => listSchedule(tasksOf(graph), 2, priority).makespanMs;
    expect(plan.nodes.map((node) => node.name)).toEqual(["s0", "s1", "s2", "s3"]);
    expect(makespan(remainingTime(plan, timeOf))).toBe(10);
    expect(makespan(bestOrder(plan, 2, timeOf))).toBe(9);
  });
});
