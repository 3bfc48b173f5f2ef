import { describe, expect, it } from "vitest";
import { failureOf } from "../errors/failure-of.js";
import type { WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { nextDue } from "./decide.js";

const aborted = failureOf("E_CANCELLED", { reason: "test" });

const two = (more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { a: {}, b: {} },
  links: ["a.x -> b.in"],
  ...more,
});

const leaf = (more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({ ...two(more), name: "leaf" });
const above = (more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { nest: { workflow: "leaf" } },
  links: [],
  ...more,
});

describe("timeout of a run", () => {
  it("the time is up: attempts are aborted, then the run fails with it", () => {
    const run = new SteeredRun([two({ timeoutMs: 1000 })]).begin();
    expect(nextDue(run.host.tree)).toBe(run.host.now + 1000);
    expect(run.pass(999).story).toEqual(["start a"]);
    run.pass(1);
    expect(run.host.status).toBe("stopping");
    run.fail("a", aborted);
    expect(run.story).toEqual(["start a", "stopping", "fail a cancelled", "failed"]);
    expect(run.host.journal.at(-1)).toMatchObject({ cause: { code: "E_RUN_TIMEOUT", kind: "timeout" } });
  });

  it("paused: the clock of the run stands still", () => {
    const run = new SteeredRun([two({ timeoutMs: 1000 })]).begin().pass(600).pause().pass(100_000);
    run.unpause().pass(399);
    expect(run.host.status).toBe("running");
    expect(run.pass(1).host.status).toBe("stopping");
  });

  it("killed and taken over: the same deadline", () => {
    const run = new SteeredRun([two({ timeoutMs: 1000 })]).begin().pass(600).restart().pass(399);
    expect(run.host.status).toBe("running");
    expect(run.pass(1).host.status).toBe("stopping");
  });

  it("resumed after it: the whole time again", () => {
    const run = new SteeredRun([two({ timeoutMs: 1000 })]).begin().pass(1000).fail("a", aborted);
    run.pass(5000).resume().pass(900);
    expect(run.underWay).toEqual(["a"]);
    expect(run.pass(100).host.status).toBe("stopping");
    run.fail("a", aborted).resume();
    expect(run.finish().host.status).toBe("completed");
  });

  it("a run that ends in time: no deadline is left", () => {
    const run = new SteeredRun([two({ timeoutMs: 1_000_000 })]).begin().finish();
    expect([run.host.status, run.faults, nextDue(run.host.tree)]).toEqual(["completed", [], Number.POSITIVE_INFINITY]);
  });

  it("nested: the child fails, its parent's strategy decides", () => {
    const steps = { nest: { workflow: "leaf", handling: "continue" }, other: {} } as const;
    const run = new SteeredRun([above({ steps }), leaf({ timeoutMs: 1000 })]).begin().pass(1000);
    expect(run.underWay).toEqual(["nest/a", "other"]);
    run.fail("nest/a", aborted).finish();
    expect([run.host.status, run.steps, run.faults]).toEqual(["completed", ["nest failed", "other succeeded"], []]);
    expect(run.storyOf("nest")).toEqual(["child", "continue E_CHILD_FAILED"]);
  });

  it("of the root with a child under way: the child's attempts count too", () => {
    const run = new SteeredRun([above({ timeoutMs: 1000 }), leaf()]).begin().pass(1000);
    expect([run.host.status, run.underWay]).toEqual(["stopping", ["nest/a"]]);
    run.fail("nest/a", aborted);
    expect([run.host.status, run.faults]).toEqual(["failed", []]);
  });

  it("a child that waits for a retry under a parent whose time is up: fails at once", () => {
    const steps = { a: { handling: "retry", retryDelayMs: 1500, config: { fails: 1 } } } as const;
    const run = new SteeredRun([above({ timeoutMs: 1000 }), leaf({ steps, links: [] })]).begin().end("nest/a");
    expect(run.pass(1000).host.status).toBe("failed");
    expect(run.resume().finish().host.status).toBe("completed");
  });
});

describe("pause", () => {
  it("running attempts finish and are recorded, nothing is decided, also after a restart", () => {
    const run = new SteeredRun([two()]).begin().pause().end("a");
    expect([run.underWay, run.host.tree.ended]).toEqual([[], false]);
    run.restart().pass(100_000);
    expect(run.underWay).toEqual([]);
    expect(run.unpause().underWay).toEqual(["b"]);
  });

  it("the last step ends in the pause: the run completes when it goes on", () => {
    const run = new SteeredRun([two()]).begin().end("a").pause().end("b");
    expect(run.host.tree.ended).toBe(false);
    expect(run.unpause().host.status).toBe("completed");
  });

  it("a retry due in the pause: starts as soon as the run goes on, not later", () => {
    const steps = { a: { handling: "retry", retryDelayMs: 1000, config: { fails: 1 } } } as const;
    const run = new SteeredRun([{ steps, links: [] }]).begin().pause().end("a").pass(10_000);
    expect(run.underWay).toEqual([]);
    run.unpause();
    expect(run.pass(0).underWay).toEqual(["a"]);
  });

  it("a failure in the pause: decided when the run goes on", () => {
    const run = new SteeredRun([{ steps: { a: { config: { fails: -1 } } }, links: [] }]).begin().pause().end("a");
    expect(run.host.tree.ended).toBe(false);
    expect(run.unpause().host.status).toBe("failed");
  });
});

describe("cancel", () => {
  it("attempts end however they end, then the run is closed once", () => {
    const run = new SteeredRun([above({ steps: { nest: { workflow: "leaf" }, c: {} } }), leaf()]).begin();
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect(run.host.tree.ended).toBe(false);
    run.end("nest/a").fail("c", aborted);
    expect(run.story.slice(-3)).toEqual(["ok nest/a", "fail c cancelled", "closed"]);
    expect([run.host.status, run.faults]).toEqual(["cancelled", []]);
  });

  it("paused: closed without going on", () => {
    const run = new SteeredRun([two()]).begin().pause().end("a");
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect(run.host.status).toBe("cancelled");
  });

  it("killed right after it: stays cancelled", () => {
    const run = new SteeredRun([two()]).begin();
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    run.restart();
    expect([run.host.status, run.underWay]).toEqual(["cancelled", []]);
  });
});
