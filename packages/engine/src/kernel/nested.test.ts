import { describe, expect, it } from "vitest";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";

const leaf = (step: StepSpec, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  name: "leaf",
  steps: { x: step, y: {} },
  links: [],
  ...more,
});

const outer = (step: StepSpec, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { nest: { workflow: "leaf", ...step } },
  links: [],
  ...more,
});

const failing: StepSpec = { config: { fails: -1 } };

describe("nested workflows", () => {
  it("three levels, each with its own strategy: every rule holds at each", () => {
    const level = (name: string, nested: string, strategy: WorkflowSpec["strategy"]): WorkflowSpec => ({
      name,
      ...(strategy === undefined ? {} : { strategy }),
      steps: { a: {}, b: { workflow: nested }, c: {} },
      links: ["a.x -> b.in", "a.x -> c.in"],
    });
    const run = new SteeredRun([
      level("top", "middle", "graph"),
      level("middle", "leaf", "sequential"),
      leaf({}, { strategy: "parallel" }),
    ]).begin();
    run.end("a");
    expect(run.underWay).toEqual(["b/a", "c"]);
    run.end("b/a");
    expect(run.underWay).toEqual(["b/b/x", "b/b/y", "c"]);
    run.finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    expect(run.story.filter((line) => line.startsWith("child"))).toEqual(["child b", "child b/b"]);
  });

  it("a required input is absent: the step is skipped, no child run", () => {
    const spec: WorkflowSpec = { inputs: { in: {} }, steps: { nest: { workflow: "leaf" } }, links: ["in -> nest.in"] };
    const run = new SteeredRun([spec, leaf({})]).begin().finish();
    expect(run.story).toEqual(["skip in", "skip nest", "completed"]);
  });

  it("outputs: leave once, when the child completes", () => {
    const inner: WorkflowSpec = {
      name: "leaf",
      steps: { x: {}, y: {} },
      outputs: { out: {} },
      links: ["x.x -> out"],
    };
    const spec: WorkflowSpec = {
      steps: { nest: { workflow: "leaf" }, next: {} },
      links: ["nest.out -> next.in"],
    };
    const run = new SteeredRun([spec, inner]).begin().end("nest/x");
    expect(run.underWay).toEqual(["nest/y"]);
    expect(run.end("nest/y").underWay).toEqual(["next"]);
  });

  it("its failure under an inherited retry: one attempt of the step, final", () => {
    const specs = [outer({}, { handling: "retry" }), leaf({ ...failing, handling: "stop" })];
    const run = new SteeredRun(specs).begin().finish();
    expect(run.storyOf("nest")).toEqual(["child", "stop E_CHILD_FAILED"]);
    expect(run.host.status).toBe("failed");
  });

  it("its failure under a retry written on the step: the same child goes on where it stopped", () => {
    const specs = [outer({ handling: "retry", maxRetries: 2 }), leaf({ config: { fails: 2 }, handling: "stop" })];
    const run = new SteeredRun(specs).begin().finish();
    expect(run.storyOf("nest")).toEqual(["child", "wait", "reopen", "wait", "reopen", "gather"]);
    expect(run.storyOf("nest/y")).toEqual(["start", "ok"]);
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a data fault inside: not retried by the step either", () => {
    const inner = leaf({ config: { fails: 1, kind: "data_validation" } });
    const run = new SteeredRun([outer({ handling: "retry" }), inner]).begin().finish();
    expect(run.storyOf("nest")).toEqual(["child", "stop E_CHILD_FAILED"]);
    const failed = run.host.journal.find((event) => event.type === "activation.failed" && event.run === 0);
    expect(failed).toMatchObject({ failure: { kind: "data_validation", cause: { code: "E_OUTPUT_MISSING" } } });
  });

  it("its failure with a fallback: the fallback runs, the child is forgotten", () => {
    const run = new SteeredRun([outer({ fallback: {} }), leaf(failing)]).begin().finish();
    expect(run.storyOf("nest")).toEqual(["child", "fallback", "start fallback 2", "ok"]);
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("its failure under continue: the parent goes on, nothing of the child is left", () => {
    const run = new SteeredRun([outer({ handling: "continue" }), leaf(failing)]).begin().finish();
    expect([run.host.status, run.steps, run.faults]).toEqual(["completed", ["nest failed"], []]);
  });

  it("a failed child with a grandchild that waits for a retry: all of it is forgotten", () => {
    const specs: WorkflowSpec[] = [
      { steps: { top: { workflow: "middle", handling: "continue" } }, links: [] },
      { name: "middle", steps: { nest: { workflow: "leaf" }, bad: failing }, links: [], timeoutMs: 50_000 },
      leaf({ handling: "retry", config: { fails: 1 } }, { timeoutMs: 50_000 }),
    ];
    const run = new SteeredRun(specs).begin().end("top/nest/x", "top/bad", "top/nest/y");
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    expect([run.host.tree.timers, [...run.host.tree.timed]]).toEqual([[], []]);
  });

  it("resume of the root: reaches down to what failed in a child", () => {
    const specs = [outer({}), leaf({ config: { fails: 1 } })];
    const run = new SteeredRun(specs).begin().finish().resume();
    expect(run.underWay).toEqual(["nest/x"]);
    run.finish();
    expect([run.host.status, run.story.filter((line) => line === "child nest")]).toEqual(["completed", ["child nest"]]);
  });

  it("stop in the parent: running steps of the child finish, no other starts", () => {
    const specs = [
      outer({}, { steps: { nest: { workflow: "leaf" }, bad: failing } }),
      leaf({}, { links: ["x.x -> y.in"] }),
    ];
    const run = new SteeredRun(specs).begin().end("bad");
    expect([run.underWay, run.host.status]).toEqual([["nest/x"], "stopping"]);
    run.end("nest/x");
    expect([run.underWay, run.host.status, run.faults]).toEqual([[], "failed", []]);
  });
});
