import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../document/document.js";
import type { WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";

/** A and B; C after A; D after B; E after C and D; F after D; G after E; H after F and G. */
const graph = (strategy: StrategyName): WorkflowSpec => ({
  strategy,
  steps: { A: {}, B: {}, C: {}, D: {}, E: {}, F: {}, G: {}, H: {} },
  links: [
    ...["A.x -> C.a", "B.x -> D.b", "C.x -> E.c", "D.x -> E.d"],
    ...["D.x -> F.d", "E.x -> G.e", "F.x -> H.f", "G.x -> H.g"],
  ],
});

describe("sequential", () => {
  it("order: topological, ties by the document, one at a time", () => {
    const run = new SteeredRun([graph("sequential")]).begin();
    const order: string[] = [];
    while (run.underWay.length > 0) {
      expect(run.underWay).toHaveLength(1);
      order.push(...run.underWay);
      run.end(...run.underWay);
    }
    expect(order.join("")).toBe("ABCDEFGH");
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a step that waits for its retry: nothing else starts", () => {
    const steps = { a: { handling: "retry", config: { fails: 1 } }, b: {} } as const;
    const run = new SteeredRun([{ strategy: "sequential", steps, links: [] }]).begin().end("a");
    expect(run.underWay).toEqual([]);
    expect(run.pass(2000).underWay).toEqual(["a"]);
  });

  it("a step later in the document whose unit is looked at first: does not overtake", () => {
    const spec: WorkflowSpec = {
      strategy: "sequential",
      inputs: { u: { default: 1 }, v: { default: 2 } },
      steps: { a: {}, b: {} },
      links: ["u -> a.in", "v -> b.in"],
    };
    const run = new SteeredRun([spec]);
    run.host.begin();
    const [first, second] = [...run.host.tree.errands.values()];
    if (first === undefined || second === undefined) throw new Error("two units are expected");
    run.host.answer(second);
    expect(run.underWay).toEqual([]);
    run.host.answer(first);
    expect(run.underWay).toEqual(["a"]);
  });

  it("no room for the next step: waits for it instead of taking one further on", () => {
    const spec: WorkflowSpec = {
      strategy: "sequential",
      steps: { a: { executor: "thread" }, b: { executor: "local" } },
      links: [],
    };
    const run = new SteeredRun([spec], { lanes: { thread: 0 } }).begin();
    expect(run.underWay).toEqual([]);
  });
});

describe("parallel and graph", () => {
  const slow = (strategy: StrategyName): WorkflowSpec => ({
    strategy,
    steps: { fast: {}, slow: {}, next: {}, last: {} },
    links: ["fast.x -> next.in", "slow.x -> last.in"],
  });

  it("parallel: groups of equal depth, as printed for A to H", () => {
    const run = new SteeredRun([graph("parallel")]).begin();
    const groups: string[] = [];
    while (run.underWay.length > 0) {
      groups.push(run.underWay.join(""));
      run.end(...run.underWay);
    }
    expect(groups).toEqual(["AB", "CD", "EF", "G", "H"]);
  });

  it("one slow step: parallel waits at the barrier, graph does not", () => {
    expect(new SteeredRun([slow("parallel")]).begin().end("fast").underWay).toEqual(["slow"]);
    expect(new SteeredRun([slow("graph")]).begin().end("fast").underWay).toEqual(["next", "slow"]);
  });

  it("parallel, a step that waits for its retry: its group has not settled", () => {
    const spec = slow("parallel");
    const steps = { ...spec.steps, slow: { handling: "retry", config: { fails: 1 } } } as const;
    const run = new SteeredRun([{ ...spec, steps }]).begin().end("fast", "slow");
    expect(run.underWay).toEqual([]);
    expect(run.pass(2000).underWay).toEqual(["slow"]);
    expect(run.end("slow").underWay).toEqual(["last", "next"]);
  });

  it("graph with one slot: the longest remaining path first", () => {
    const spec: WorkflowSpec = {
      steps: { short: {}, a: {}, b: {}, c: {} },
      links: ["a.x -> b.in", "b.x -> c.in"],
    };
    const run = new SteeredRun([spec], { slots: 1 }).begin();
    const order: string[] = [];
    while (run.underWay.length > 0) {
      order.push(...run.underWay);
      run.end(...run.underWay);
    }
    expect(order).toEqual(["a", "b", "short", "c"]);
  });

  it("no room on one executor: steps of another are not held up", () => {
    const spec: WorkflowSpec = {
      steps: { a: { executor: "thread" }, b: { executor: "thread" }, c: { executor: "local" } },
      links: [],
    };
    const run = new SteeredRun([spec], { lanes: { thread: 1 } }).begin();
    expect(run.underWay).toEqual(["a", "c"]);
    expect(run.end("a").underWay).toEqual(["b", "c"]);
  });

  it("taken over from another run: a step of a later group that was reused does not run again", () => {
    const run = new SteeredRun([slow("parallel")]);
    const { host } = run;
    const reused = { run: 0, n: 1, status: "succeeded", out: { x: { json: 1 } }, links: [1], from: "r0" } as const;
    host.beginForked({}, [
      { type: "activation.reused", node: 0, ...reused },
      { type: "activation.reused", node: 2, ...reused, links: [] },
    ]);
    expect(run.underWay).toEqual(["slow"]);
    run.end("slow").finish();
    expect(run.story.filter((line) => line.startsWith("start"))).toEqual(["start slow", "start last"]);
    expect([host.status, run.faults]).toEqual(["completed", []]);
  });
});
