import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";

const broken = failureOf("E_STEP", { what: "test" });

/** `a -> b -> c` under `graph`: the only checkpoint is the start. */
const chain = (steps: { readonly [step: string]: StepSpec } = {}, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  handling: "rollback",
  maxRetries: 2,
  steps: { a: {}, b: {}, c: {}, ...steps },
  outputs: { end: {}, early: {} },
  links: ["a.x -> b.in", "b.x -> c.in", "c.x -> end", "a.y -> early"],
  ...more,
});

describe("checkpoints", () => {
  const reasons = (run: SteeredRun): readonly string[] =>
    run.host.journal.flatMap((event) => (event.type === "checkpoint.taken" ? [event.reason] : []));

  it("sequential: after each step; parallel: at each group; graph: at the start alone", () => {
    const taken = (strategy: WorkflowSpec["strategy"] & string) =>
      reasons(new SteeredRun([chain({}, { strategy })]).begin().finish());
    expect(taken("sequential")).toEqual(["after a", "after b", "after c"]);
    expect(taken("parallel")).toEqual(["group 2", "group 3"]);
    expect(taken("graph")).toEqual([]);
  });

  it("a run that nothing rolls back: none but those its document asks for", () => {
    const stop = { handling: "stop", strategy: "sequential" } as const;
    expect(reasons(new SteeredRun([chain({}, stop)]).begin().finish())).toEqual([]);
    const marked = new SteeredRun([chain({ b: { checkpoint: true } }, stop)]).begin().finish();
    expect(reasons(marked)).toEqual(["after b"]);
    expect(marked.host.tree.runs[0]?.recovery.checkpoint).toBeUndefined();
  });

  it("checkpoint_interval: at the next event after it, without waking anybody", () => {
    const run = new SteeredRun([chain({}, { checkpointIntervalMs: 1000 })]).begin().pass(999).end("a").pass(1);
    expect(reasons(run)).toEqual([]);
    run.end("b");
    expect(reasons(run)).toEqual(["every 1000 ms"]);
    run.fail("c", broken);
    expect(run.underWay).toEqual(["c"]);
  });

  it("attempts that ran at the checkpoint start again from it", () => {
    const run = new SteeredRun([chain({ a: { checkpoint: true }, s: {} })]).begin().end("a", "s", "b");
    run.fail("c", broken);
    expect(run.underWay).toEqual(["b", "s"]);
    expect([run.finish().host.status, run.startsOf("a"), run.startsOf("s"), run.faults]).toEqual([
      "completed",
      1,
      2,
      [],
    ]);
  });

  it("something is failing: the checkpoint waits until that is decided, and holds no failure", () => {
    const steps: { readonly [step: string]: StepSpec } = {
      k: { checkpoint: true },
      m: { forEach: { over: "items", concurrency: 2 } },
    };
    const inputs = { items: { default: [1, 2] } };
    const spec: WorkflowSpec = { handling: "rollback", inputs, steps, links: ["items -> m.items"] };
    const run = new SteeredRun([spec]).begin().fail("m[0]", broken).end("k");
    expect(reasons(run)).toEqual([]);
    run.fail("m[1]", broken);
    expect(run.underWay).toEqual(["k", "m[0]", "m[1]"]);
    expect(run.end("k").story.includes("give up m[0]") && reasons(run)).toEqual(["after k"]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a child run that is restored: has as much time left as it had then", () => {
    const specs: WorkflowSpec[] = [
      {
        handling: "rollback",
        steps: { k: { checkpoint: true }, n: { workflow: "inner" }, z: {} },
        links: ["k.x -> z.in"],
      },
      { name: "inner", timeoutMs: 1000, steps: { i: {} }, links: [] },
    ];
    const run = new SteeredRun(specs).begin().pass(400).end("k").pass(500).fail("z", broken);
    run.fail("n/i", failureOf("E_CANCELLED", { reason: "rollback" }));
    expect([run.underWay, run.pass(599).host.tree.runs[1]?.status]).toEqual([["n/i", "z"], "running"]);
    expect(run.pass(1).host.tree.runs[1]?.status).toBe("stopping");
  });

  it("a run whose time stood still: what passed before the checkpoint is not given back twice", () => {
    const steps: { readonly [step: string]: StepSpec } = {
      w: { waits: "person", config: { asks: true } },
      z: {},
      k: { checkpoint: true, waits: "time", config: { waitMs: 100 } },
    };
    const spec: WorkflowSpec = { handling: "rollback", timeoutMs: 1000, steps, links: ["w.x -> z.in"] };
    const run = new SteeredRun([spec]).begin().end("w", "k").pass(100).pass(5000);
    const [answer] = run.host.answers;
    if (answer !== undefined) run.host.send({ ...answer, out: { x: { json: 1 } } });
    run.look().fail("z", broken);
    expect([run.underWay, run.pass(899).host.status]).toEqual([["z"], "running"]);
    expect(run.pass(1).host.status).toBe("stopping");
  });

  it("restored twice: the second time as the first", () => {
    const run = new SteeredRun([chain({ a: { checkpoint: true } })]).begin().end("a", "b").fail("c", broken);
    run.end("b").fail("c", broken);
    expect([run.underWay, run.finish().host.status, run.startsOf("a"), run.faults]).toEqual([
      ["b"],
      "completed",
      1,
      [],
    ]);
  });
});
