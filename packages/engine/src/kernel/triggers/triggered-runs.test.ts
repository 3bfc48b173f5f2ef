import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import type { WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";
import { nextDue } from "../decide.js";
import type { TriggerState } from "./trigger-state.js";
import { triggerStatus } from "./trigger-status.js";

const base: WorkflowSpec = { strategy: "event_driven", steps: { s: {} }, links: [] };

function stateOf(run: SteeredRun, name: string): TriggerState {
  const root = run.host.tree.runs[0];
  const at = root?.workflow.triggers.findIndex((trigger) => trigger.name === name) ?? -1;
  return root?.triggers[at] as TriggerState;
}

const firings = (run: SteeredRun) => run.host.journal.filter(({ type }) => type === "trigger.fired").length;
const types = (run: SteeredRun) => run.host.journal.map(({ type }) => type);

describe("triggered steps", () => {
  it("data_updated: a value of a unit fires the step with it", () => {
    const spec = {
      ...base,
      inputs: { a: {} },
      steps: { s: { ports: { a: {} } } },
      triggers: { t: { kind: "data_updated" as const, watch: ["a"], targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin({ a: 7 });
    expect([run.underWay, run.host.inputsOf(run.flight("s"))]).toEqual([["s"], { a: 7 }]);
    expect(triggerStatus(stateOf(run, "t"))).toBe("executing");
    run.finish();
    expect([run.host.status, types(run).includes("run.closing"), run.faults]).toEqual(["completed", true, []]);
    expect(triggerStatus(stateOf(run, "t"))).toBe("closed");
  });

  it("data_updated: a port of a step is watched as units are", () => {
    const spec = {
      ...base,
      steps: { p: {}, s: { ports: { in: {} } } },
      links: ["p.x -> out"],
      outputs: { out: {} },
      triggers: { t: { kind: "data_updated" as const, watch: ["p.x"], targets: ["s.in"] } },
    };
    expect(new SteeredRun([spec]).begin().finish().steps).toEqual(["p succeeded", "s succeeded"]);
  });

  it("manual: the run waits for a step that never fired, and ends when it has", () => {
    const run = new SteeredRun([{ ...base, triggers: { t: { kind: "manual", targets: ["s"] } } }]).begin();
    expect([run.host.status, run.host.tree.ended, nextDue(run.host.tree)]).toEqual([
      "running",
      false,
      Number.POSITIVE_INFINITY,
    ]);
    run.act({ fire: "t" });
    expect(run.underWay).toEqual(["s"]);
    expect(run.end("s").host.status).toBe("completed");
  });

  it("a step that another trigger fired keeps nobody waiting", () => {
    const spec = {
      ...base,
      inputs: { a: {} },
      triggers: {
        t: { kind: "manual" as const, targets: ["s"] },
        u: { kind: "data_updated" as const, watch: ["a"], targets: ["s"] },
      },
    };
    expect(new SteeredRun([spec]).begin({ a: 1 }).end("s").host.status).toBe("completed");
  });

  it("three firings while the step is busy wait in order, each with the payload of its moment", () => {
    const spec = {
      ...base,
      steps: { s: { ports: { in: {} } } },
      triggers: { t: { kind: "manual" as const, targets: ["s.in"] } },
    };
    const run = new SteeredRun([spec]).begin();
    run.act({ fire: "t", payload: 1 }, { fire: "t", payload: 2 }, { fire: "t", payload: 3 });
    const seen = [];
    for (let n = 0; n < 3; n++) {
      seen.push(run.host.inputsOf(run.flight("s"))["in"]);
      run.end("s");
    }
    expect([seen, run.host.status]).toEqual([[1, 2, 3], "completed"]);
  });

  it("the snapshot is that of the firing, not of the start: the last token of each link", () => {
    const spec = {
      ...base,
      parameters: { a: {} },
      steps: { s: { ports: { in: {} } } },
      links: ["a -> s.in"],
      triggers: { t: { kind: "manual" as const, targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin().act({ set: "a", value: 1 }, { fire: "t" }, { fire: "t" });
    run.act({ set: "a", value: 2 }, { fire: "t" });
    const seen = [];
    for (let n = 0; n < 3; n++) {
      seen.push(run.host.inputsOf(run.flight("s"))["in"]);
      run.end("s");
    }
    expect(seen).toEqual([1, 1, 2]);
  });

  it("a firing while the run is paused is recorded, and decided after", () => {
    const run = new SteeredRun([{ ...base, triggers: { t: { kind: "manual", targets: ["s"] } } }]).begin().pause();
    expect([run.host.act({ fire: "t" }), run.underWay]).toEqual([true, []]);
    expect(run.unpause().underWay).toEqual(["s"]);
  });

  it("a firing that comes when the triggers are closed is refused", () => {
    const spec = {
      ...base,
      steps: { s: {}, last: { ports: { in: { optional: true } } } },
      links: ["s.x -> last.in"],
      triggers: { t: { kind: "manual" as const, targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin().act({ finish: true });
    expect([run.underWay, run.host.act({ fire: "t" })]).toEqual([["last"], false]);
    expect(run.end("last").host.status).toBe("completed");
  });

  it("a step that no trigger fired is skipped at the end, and what follows it goes on", () => {
    const spec = {
      ...base,
      inputs: { a: { optional: true } },
      steps: { s: {}, next: { ports: { in: { optional: true } } } },
      links: ["s.x -> next.in"],
      triggers: { t: { kind: "data_updated" as const, watch: ["a"], targets: ["s"] } },
    };
    expect(new SteeredRun([spec]).begin().finish().steps).toEqual(["next succeeded", "s skipped"]);
  });

  it("a counted timer keeps the run going until its last firing; another does not", () => {
    const timer = { kind: "timer" as const, targets: ["s"] };
    const counted = new SteeredRun([{ ...base, triggers: { t: { ...timer, timer: { intervalMs: 10, count: 3 } } } }]);
    counted.begin().finish();
    expect([firings(counted), counted.host.status, counted.startsOf("s") > 0]).toEqual([3, "completed", true]);
    const endless = new SteeredRun([{ ...base, triggers: { t: { ...timer, timer: { intervalMs: 10 } } } }]);
    expect([firings(endless.begin().finish()), endless.host.status]).toEqual([0, "completed"]);
  });

  it("debounce: the run waits for the end of the quiet time", () => {
    const spec = {
      ...base,
      inputs: { a: {} },
      triggers: { t: { kind: "data_updated" as const, watch: ["a"], debounceMs: 500, targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin({ a: 1 });
    expect([run.underWay, run.host.status]).toEqual([[], "running"]);
    run.pass(499);
    expect(run.underWay).toEqual([]);
    run.pass(1);
    expect(run.underWay).toEqual(["s"]);
    expect(run.end("s").host.status).toBe("completed");
  });

  it("a condition that becomes true fires", () => {
    const spec = {
      ...base,
      completion: "manual" as const,
      triggers: { t: { kind: "condition" as const, condition: "x", targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin().act({ condition: "t", holds: true });
    expect(run.underWay).toEqual(["s"]);
    expect(run.end("s").act({ finish: true }).host.status).toBe("completed");
  });

  it("all: a manual trigger that has to fire first keeps the run waiting", () => {
    const spec = {
      ...base,
      inputs: { a: {} },
      triggers: {
        d: { kind: "data_updated" as const, watch: ["a"] },
        m: { kind: "manual" as const },
        t: { kind: "all" as const, members: ["d", "m"], targets: ["s"] },
      },
    };
    const run = new SteeredRun([spec]).begin({ a: 1 });
    expect([run.host.status, run.underWay]).toEqual(["running", []]);
    expect(run.act({ fire: "m" }).underWay).toEqual(["s"]);
  });

  it("a trigger out of retries stops the run; resumed, it begins anew", () => {
    const spec = {
      ...base,
      maxRetries: 0,
      handling: "stop" as const,
      triggers: { t: { kind: "manual" as const, targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin();
    run.host.send({ type: "trigger.failed", run: 0, trigger: 0, failure: failureOf("E_NETWORK", {}), jitter: 0 });
    expect([run.host.status, types(run).slice(-3)]).toEqual([
      "failed",
      ["trigger.failed", "trigger.escalated", "run.failed"],
    ]);
    run.resume();
    expect([run.host.status, triggerStatus(stateOf(run, "t"))]).toEqual(["running", "monitoring"]);
    expect(run.act({ fire: "t" }).underWay).toEqual(["s"]);
  });

  it("concurrency: as many firings run at once", () => {
    const spec = {
      ...base,
      steps: { s: { concurrency: 2 } },
      triggers: { t: { kind: "manual" as const, targets: ["s"] } },
    };
    const run = new SteeredRun([spec]).begin().act({ fire: "t" }, { fire: "t" }, { fire: "t" });
    expect([run.host.inFlight.size, run.finish().host.status]).toEqual([2, "completed"]);
  });

  it("what fired and what was seen survives a crash", () => {
    const spec = {
      ...base,
      steps: { s: { ports: { in: {} } } },
      triggers: { t: { kind: "folder" as const, targets: ["s.in"] } },
    };
    const run = new SteeredRun([{ ...spec, completion: "manual" }]).begin();
    run.act({ fire: "t", payload: "a", key: "a1" }, { fire: "t", payload: "b", key: "b1" }).restart();
    expect(run.host.act({ fire: "t", payload: "a", key: "a1" })).toBe(false);
    run.end("s");
    expect(run.host.inputsOf(run.flight("s"))).toEqual({ in: "b" });
  });

  it("a report of progress is a firing that starts nothing, under every strategy", () => {
    const report = { kind: "timer" as const, progress: true, targets: ["s"], timer: { intervalMs: 10, count: 2 } };
    const run = new SteeredRun([{ ...base, strategy: "graph", triggers: { report } }]).begin().finish();
    expect([firings(run), run.steps, run.host.status]).toEqual([2, ["s succeeded"], "completed"]);
    expect(run.startsOf("s")).toBe(1);
  });

  it("a rollback undoes what the run did, not what the outside said: firings stay, and no key fires twice", () => {
    const spec: WorkflowSpec = {
      ...base,
      handling: "rollback",
      retryDelayMs: 1,
      completion: "manual",
      steps: { s: { ports: { in: {} }, config: { fails: 1 } } },
      links: ["s.x -> out"],
      outputs: { out: { merge: "collect" } },
      triggers: { t: { kind: "folder", targets: ["s.in"] } },
    };
    const run = new SteeredRun([spec]).begin();
    run.act({ fire: "t", payload: 1, key: "a" }, { fire: "t", payload: 2, key: "b" });
    run.fail("s", failureOf("E_STEP", {}, { retryable: false }));
    expect(types(run).filter((type) => type === "run.rolledback").length).toBe(1);
    expect(run.host.act({ fire: "t", payload: 1, key: "a" })).toBe(false);
    run.finish();
    run.act({ finish: true }).finish();
    expect([run.host.status, (run.host.outputs["out"] as readonly unknown[]).length]).toEqual(["completed", 2]);
  });
});
