import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import { failureOf } from "../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { cellKey, findCell } from "./recovery/cell-key.js";
import { runAt } from "./state.js";

/** `a` loops from what it is given, `b` takes what the last round gave. */
const loop = (step: StepSpec, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  inputs: { seed: { default: 7 } },
  steps: { a: { ...step, repeat: { max: 3, carry: { x: "in" }, ...step.repeat } }, b: {} },
  outputs: { end: { optional: true } },
  links: ["seed -> a.in", "a.x -> b.in", "b.x -> end"],
  ...more,
});

const never = "x < 0";
const always = "x < 1000";

/** Gives the attempt of a path these outputs. */
function give(run: SteeredRun, path: string, out: { readonly [port: string]: Json }): SteeredRun {
  const { run: index, node, n, c, id } = run.flight(path);
  const handles = Object.fromEntries(Object.entries(out).map(([port, json]) => [port, { json }]));
  run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out: handles, links: [] });
  return run.look();
}

const inputOf = (run: SteeredRun, path: string): Json | undefined => run.host.inputsOf(run.flight(path))["in"];

describe("loops", () => {
  it("without a condition: max rounds, each with what the last one gave; tokens leave once", () => {
    const run = new SteeredRun([loop({})]).begin();
    const seen: (Json | undefined)[] = [];
    for (const x of [1, 2, 3]) {
      seen.push(inputOf(run, "a"));
      give(run, "a", { x });
    }
    expect([...seen, inputOf(run, "b")]).toEqual([7, 1, 2, 3]);
    expect(run.finish().storyOf("a")).toEqual([
      ...["start", "ok", "round 2", "start 2", "ok", "round 3", "start 3", "ok", "gather"],
    ]);
    expect([run.host.status, run.startsOf("b"), run.faults]).toEqual(["completed", 1, []]);
  });

  it.each([
    [always, 1],
    [never, 3],
  ])("until %s: %d rounds, and what the last one gave counts", (until, rounds) => {
    const run = new SteeredRun([loop({ repeat: { until } })]).begin();
    for (let round = 1; round <= rounds; round++) give(run, "a", { x: round });
    expect([run.underWay, inputOf(run, "b")]).toEqual([["b"], rounds]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a carried output is absent: the loop ends, and the output is absent", () => {
    const run = new SteeredRun([loop({ repeat: { until: never, onMax: "fail" } })]).begin();
    give(give(run, "a", { x: 1 }), "a", { y: 2 });
    expect([run.finish().host.status, run.steps]).toEqual(["completed", ["a succeeded", "b skipped"]]);
  });

  it("on_max fail: E_LOOP_MAX, not tried again by itself; resumed, the last round is done again", () => {
    const spec = loop({ handling: "retry", repeat: { until: never, onMax: "fail" } });
    const run = new SteeredRun([spec]).begin().finish();
    expect(run.storyOf("a").at(-1)).toBe("stop E_LOOP_MAX");
    expect([run.host.status, run.startsOf("a")]).toEqual(["failed", 3]);
    const failed = run.host.journal.find((event) => event.type === "activation.failed");
    expect(failed).toMatchObject({ failure: { code: "E_LOOP_MAX", kind: "step", details: { max: 3, until: never } } });
    const before = run.resume().host.inputsOf(run.flight("a"));
    expect([run.underWay, before["in"] === 7, run.finish().startsOf("a")]).toEqual([["a"], false, 4]);
  });

  it("the condition cannot be looked at: a failure of the step", () => {
    const run = new SteeredRun([loop({ handling: "continue", repeat: { until: never } })]);
    run.host.begin();
    while (!run.host.tree.errands.has("judge 0 1 1 0")) run.host.move();
    const failure = failureOf("E_CONDITION", { condition: "x < y", what: "no y" });
    run.host.send({ type: "round.judged", run: 0, node: 1, n: 1, c: 0, stop: false, reason: "", failure });
    expect([run.finish().host.status, run.storyOf("a")]).toEqual([
      "completed",
      ["start", "ok", "continue E_CONDITION"],
    ]);
  });

  it("failures: each round has its own retries, and after a fallback the step itself again", () => {
    const spec = loop({ handling: "retry", maxRetries: 2, repeat: { max: 2 } });
    const run = new SteeredRun([spec]).begin();
    const fail = () => run.fail("a", failureOf("E_STEP", { what: "test" })).pass(10_000);
    for (const _round of [1, 2]) {
      fail();
      fail();
      give(run, "a", { x: 1 });
    }
    expect([run.finish().host.status, run.startsOf("a")]).toEqual(["completed", 6]);
    const other = new SteeredRun([loop({ fallback: {}, repeat: { max: 2 } })]).begin();
    other.fail("a", failureOf("E_STEP", { what: "test" })).finish();
    expect(other.storyOf("a")).toEqual([
      ...["start", "fail step", "fallback", "start fallback 2", "ok", "round 2", "start 3", "ok", "gather"],
    ]);
  });

  it("stop: resumed, the loop goes on with the round that failed", () => {
    const run = new SteeredRun([loop({})]).begin();
    give(run, "a", { x: 5 }).fail("a", failureOf("E_STEP", { what: "test" }));
    expect(run.host.status).toBe("failed");
    run.resume();
    expect([run.underWay, inputOf(run, "a")]).toEqual([["a"], 5]);
    expect([run.finish().host.status, run.startsOf("a"), run.faults]).toEqual(["completed", 4, []]);
  });

  it("max_activations: rounds do not count", () => {
    const run = new SteeredRun([loop({ maxActivations: 1, repeat: { max: 20 } })]).begin().finish();
    expect([run.host.status, run.startsOf("a")]).toEqual(["completed", 20]);
  });

  it("for_each: each item loops by itself, and between two rounds it keeps its place", () => {
    const spec: WorkflowSpec = {
      inputs: { items: { default: [11, 12, 13] } },
      steps: { m: { forEach: { over: "items", concurrency: 2 }, repeat: { max: 2, carry: { x: "item" } } } },
      outputs: { end: {} },
      links: ["items -> m.items", "m.x -> end"],
    };
    const run = new SteeredRun([spec]).begin();
    give(run, "m[0]", { x: 1 });
    expect(run.underWay).toEqual(["m[0]", "m[1]"]);
    expect(run.host.inputsOf(run.flight("m[0]"))).toEqual({ item: 1 });
    give(run, "m[0]", { x: 2 });
    expect(run.underWay).toEqual(["m[1]", "m[2]"]);
    for (const path of ["m[1]", "m[2]", "m[2]", "m[1]"]) give(run, path, { x: path });
    expect([run.host.status, run.host.outputs]).toEqual(["completed", { end: [2, "m[1]", "m[2]"] }]);
  });

  it("for_each: an item whose loop fails leaves its place empty", () => {
    const spec: WorkflowSpec = {
      handling: "continue",
      inputs: { items: { default: [11, 12] } },
      steps: {
        m: {
          forEach: { over: "items", maxFailures: 1 },
          repeat: { max: 1, until: never, onMax: "fail", carry: { x: "item" } },
        },
      },
      outputs: { end: {} },
      links: ["items -> m.items", "m.x -> end"],
    };
    const run = new SteeredRun([spec]).begin();
    give(give(run, "m[0]", { x: 1 }), "m[1]", { y: 2 });
    expect([run.host.status, run.host.outputs]).toEqual(["completed", { end: [null, null] }]);
    expect(run.storyOf("m[0]")).toEqual(["start", "ok", "give up"]);
  });

  it("nested workflow: each round is a child run of its own", () => {
    const inner: WorkflowSpec = {
      name: "inner",
      inputs: { in: {} },
      steps: { p: {} },
      outputs: { x: {} },
      links: ["in -> p.in", "p.x -> x"],
    };
    const run = new SteeredRun([loop({ workflow: "inner", repeat: { until: never } }), inner]).begin();
    for (const x of [1, 2, 3]) {
      const { run: index, node, n, c, id } = run.flight("a/p");
      const out = { x: { json: x } };
      run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out, links: [1] });
      run.look();
    }
    expect([inputOf(run, "b"), run.storyOf("a").filter((line) => line === "child").length]).toEqual([3, 3]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("pause: a round that was judged in it is followed by the next one when it is over", () => {
    const run = new SteeredRun([loop({})]).begin().pause();
    give(run, "a", { x: 1 });
    expect(run.underWay).toEqual([]);
    expect(run.unpause().underWay).toEqual(["a"]);
    expect(run.finish().host.status).toBe("completed");
  });

  it("effects and keys: of the round, kept when it is tried again", () => {
    const run = new SteeredRun([loop({ handling: "retry" })]).begin();
    const { tree } = run.host;
    const record = (name: string) => {
      const { run: index, node, n, c, id } = run.flight("a");
      run.host.send({ type: "effect.recorded", run: index, node, n, c, id, name, value: { json: 1 } });
    };
    const look = () => {
      const at = run.flight("a");
      const cell = findCell(runAt(tree, 0), at);
      return [cellKey(tree, at, cell?.round ?? 0), [...(cell?.effects?.keys() ?? [])]];
    };
    record("paid");
    run.fail("a", failureOf("E_STEP", { what: "test" })).pass(10_000);
    expect(look()).toEqual(["a:1", ["paid"]]);
    give(run, "a", { x: 1 });
    expect(look()).toEqual(["a@2:1", []]);
  });

  it("killed after each event: the same outcome", () => {
    const spec = loop({ repeat: { until: "x < 300", max: 6 } });
    const whole = new SteeredRun([spec]).begin().finish();
    for (let kept = 2; kept < whole.host.journal.length; kept++) {
      const run = new SteeredRun([spec]);
      run.host.fold(whole.host.journal.slice(0, kept)).takeOver("crash");
      run.look().finish();
      expect([kept, run.host.status, run.host.outputs]).toEqual([kept, "completed", whole.host.outputs]);
      expect(run.faults).toEqual([]);
    }
  });
});
