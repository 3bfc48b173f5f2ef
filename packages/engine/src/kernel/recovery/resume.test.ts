import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";

const single = (step: StepSpec): WorkflowSpec[] => [{ steps: { a: step }, links: [] }];

describe("stop and resume", () => {
  const two: WorkflowSpec = {
    steps: { a: { config: { fails: 1 } }, b: { config: { fails: 1 } } },
    outputs: { end: { merge: "list" } },
    links: ["a.x -> end", "b.x -> end"],
  };

  it("two failures while stopping: both are only recorded, and both are tried again", () => {
    const run = new SteeredRun([two]).begin().end("a", "b");
    expect(run.host.status).toBe("failed");
    run.resume();
    expect(run.underWay).toEqual(["a", "b"]);
    run.finish();
    expect(run.story).toEqual([
      ...["start a", "start b", "fail a step", "stop a E_STEP", "fail b step", "failed", "resumed"],
      ...["start a 2", "start b 2", expect.stringMatching(/^ok/), expect.stringMatching(/^ok/), "completed"],
    ]);
  });

  it("a failure inside a child while the root stops: tried again too, not decided by the old failure", () => {
    const root: WorkflowSpec = {
      steps: { a: { config: { fails: 1 } }, nest: { workflow: "inner" } },
      links: [],
    };
    const inner: WorkflowSpec = { name: "inner", steps: { x: { config: { fails: 1 } } }, links: [] };
    const run = new SteeredRun([root, inner]).begin().end("a", "nest/x");
    expect(run.host.status).toBe("failed");
    run.resume();
    expect(run.underWay).toEqual(["a", "nest/x"]);
    expect([run.finish().host.status, run.story.includes("stop nest/x E_STEP")]).toEqual(["completed", false]);
  });

  it("attempts aborted by the timeout of the run: tried again, inside children too", () => {
    const root: WorkflowSpec = { timeoutMs: 100, steps: { nest: { workflow: "inner" } }, links: [] };
    const inner: WorkflowSpec = { name: "inner", steps: { x: {} }, links: [] };
    const run = new SteeredRun([root, inner]).begin().pass(100);
    run.fail("nest/x", failureOf("E_CANCELLED", { reason: "timeout" }));
    expect(run.host.status).toBe("failed");
    expect(run.resume().underWay).toEqual(["nest/x"]);
    expect(run.finish().host.status).toBe("completed");
  });

  const unitAndSteps: WorkflowSpec = {
    inputs: { u: {} },
    steps: { a: { config: { fails: 1 } }, b: { config: { fails: 1 } } },
    links: ["u -> b.in"],
  };
  const refuseUnit = (run: SteeredRun): boolean => {
    const failure = failureOf("E_VALUE_SCHEMA", { target: "u", problems: "test" });
    return run.host.send({ type: "unit.updated", run: 0, node: 0, n: 1, links: [], failure });
  };

  it("a unit that refused its value while the run stopped: looked at again, the run does not hang", () => {
    const run = new SteeredRun([unitAndSteps]);
    run.host.begin({ u: 1 });
    run.pause();
    run.host.end(run.flight("a").id);
    expect(refuseUnit(run)).toBe(true);
    run.unpause();
    expect(run.story).toEqual(["start a", "fail a step", "stop a E_STEP", "failed"]);
    run.resume().finish().resume().finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a unit whose refusal stopped the run: looked at again once, not at each later resume", () => {
    const run = new SteeredRun([unitAndSteps]);
    run.host.begin({ u: 1 });
    refuseUnit(run);
    run.end("a");
    expect(run.story).toEqual(["start a", "stop u E_VALUE_SCHEMA", "fail a step", "failed"]);
    run.resume().finish();
    expect(run.host.status).toBe("failed");
    run.resume().finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("resumed: budgets are fresh", () => {
    const run = new SteeredRun(single({ handling: "retry", maxRetries: 2, config: { fails: 5 } })).begin().finish();
    expect([run.startsOf("a"), run.host.status]).toEqual([3, "failed"]);
    run.resume().finish();
    expect([run.startsOf("a"), run.host.status]).toEqual([6, "completed"]);
  });

  it("refused inputs: resumed, the same failure, and the step never runs on incomplete inputs", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: { a: {} },
      links: ["in -> a.in | refuse0", "in -> a.in | refuse1", "in -> a.in | refuse2"],
    };
    const ported = { ...spec, steps: { a: { ports: { in: { merge: "list" as const } } } } };
    const bad = [...Array(50).keys()].find(
      (value) => new SteeredRun([ported]).begin({ in: value }).host.status === "failed",
    );
    const run = new SteeredRun([ported])
      .begin({ in: bad ?? -1 })
      .resume()
      .resume();
    expect(run.host.status).toBe("failed");
    expect(run.storyOf("a")).toEqual(["stop E_STEP", "stop E_STEP", "stop E_STEP"]);
  });

  it("what failed under continue: not tried again", () => {
    const run = new SteeredRun([
      {
        steps: {
          nest: { workflow: "inner", handling: "continue" },
          after: {},
          a: { config: { fails: 1 } },
        },
        links: ["nest.error -> after.in"],
      },
      { name: "inner", steps: { x: { config: { fails: -1 } } }, links: [] },
    ]);
    run.host.begin();
    run.host.end(run.flight("nest/x").id);
    run.host.end(run.flight("a").id);
    expect(run.host.status).toBe("failed");
    run.look().resume().finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    expect(run.steps).toEqual(["a succeeded", "after succeeded", "nest failed"]);
    expect(run.startsOf("nest/x")).toBe(1);
  });
});
