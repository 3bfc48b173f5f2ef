import { describe, expect, it } from "vitest";
import type { Handle } from "../../contracts/handle.js";
import { failureOf } from "../../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";
import { runAt } from "../state.js";
import { cellKey, findCell } from "./cell-key.js";
import { readableOutputs } from "./restore.js";
import { rollingRun } from "./rollback.js";

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

const undoing: StepSpec = { onRollback: {} };

function record(run: SteeredRun, path: string, name: string, value: Handle): void {
  const { run: index, node, n, c, id } = run.flight(path);
  run.host.send({ type: "effect.recorded", run: index, node, n, c, id, name, value });
}

function keyOf(run: SteeredRun, path: string): string {
  const at = run.flight(path);
  return cellKey(run.host.tree, at, findCell(runAt(run.host.tree, at.run), at)?.round ?? 0);
}

function effectsOf(run: SteeredRun, path: string): readonly string[] {
  const at = run.flight(path);
  return [...(findCell(runAt(run.host.tree, at.run), at)?.effects?.keys() ?? [])];
}

describe("rollback", () => {
  it("on_rollback: newest first, with inputs and outputs by port; then the run starts from the checkpoint", () => {
    const run = new SteeredRun([chain({ a: undoing, b: undoing })]).begin().end("a", "b");
    run.fail("c", broken);
    const { tree } = run.host;
    const [undo] = run.host.inFlight.keys();
    const entry = rollingRun(tree, undo ?? 0)?.recovery.rolling?.undoing?.entry;
    expect(Object.keys({ ...entry?.inputs, ...entry?.out })).toEqual(["in", "x"]);
    expect(run.end("b").underWay).toEqual(["a"]);
    run.end("a");
    expect(run.story.slice(4)).toEqual([
      ...["start c", "fail c step", "rollback.started", "undo b", "undo a", "rolledback", "start a"],
    ]);
    expect([run.finish().host.status, run.startsOf("a"), run.faults]).toEqual(["completed", 2, []]);
  });

  it("attempts under way: ended first, their results refused, and started again at no cost", () => {
    const run = new SteeredRun([chain({ s: { handling: "retry", maxRetries: 0 } })]).begin().end("a", "b");
    const late = run.flight("s");
    run.fail("c", broken);
    expect([run.host.tree.runs[0]?.status, run.underWay]).toEqual(["rolling", ["s"]]);
    run.fail("s", failureOf("E_CANCELLED", { reason: "rollback" }));
    expect(run.underWay).toEqual(["a", "s"]);
    const { run: index, node, n, c, id } = late;
    expect(run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out: {}, links: [] })).toBe(false);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("an attempt that ends well while the run rolls back: undone too", () => {
    const run = new SteeredRun([chain({ s: undoing })]).begin().end("a", "b");
    run.fail("c", broken);
    const { run: index, node, n, c, id } = run.flight("s");
    run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out: {}, links: [] });
    expect(run.look().storyOf("s")).toEqual(["start", "ok", "undo"]);
    expect(run.end("s").underWay).toEqual(["a", "s"]);
  });

  it.each(["data_validation", "configuration"])("%s: the run stops, as the same would fail the same", (kind) => {
    const run = new SteeredRun([chain({ b: { config: { fails: 1, kind } } })]).begin().finish();
    expect([run.host.status, run.startsOf("a"), run.startsOf("b")]).toEqual(["failed", 1, 1]);
  });

  it("a bad item of a map: no rollback, whatever the map's own failure is called", () => {
    const steps = { m: { forEach: { over: "items" }, config: { fails: 1, kind: "data_validation" } } };
    const inputs = { items: { default: [1] } };
    const run = new SteeredRun([chain(steps, { inputs, links: ["items -> m.items"], outputs: {} })]).begin().finish();
    expect([run.host.status, run.story.includes("rollback.started")]).toEqual(["failed", false]);
  });

  it("network failures: retried in place first", () => {
    const run = new SteeredRun([chain({ b: { config: { fails: 3, kind: "network" } } })]).begin().finish();
    expect([run.host.status, run.startsOf("a"), run.startsOf("b")]).toEqual(["completed", 2, 4]);
  });

  it("out of rollbacks: failed; resumed, the failed step goes on with all rollbacks again", () => {
    const run = new SteeredRun([chain({ c: { config: { fails: 5 } } })]).begin().finish();
    expect([run.host.status, run.startsOf("a"), run.startsOf("c")]).toEqual(["failed", 3, 3]);
    run.resume();
    expect([run.underWay, run.finish().host.status]).toEqual([["c"], "completed"]);
    expect([run.startsOf("a"), run.startsOf("c"), run.faults]).toEqual([5, 6, []]);
  });

  it("on a step: its own strategy alone rolls back", () => {
    const steps = { b: { config: { fails: 1 }, handling: "rollback" as const } };
    const run = new SteeredRun([chain(steps, { handling: "stop" })]).begin().finish();
    expect([run.host.status, run.startsOf("a")]).toEqual(["completed", 2]);
  });

  it("keys: work that was undone has a new one, other work keeps its key and its effects", () => {
    const run = new SteeredRun([chain({ a: undoing })]).begin();
    record(run, "a", "made", { json: 1 });
    run.end("a");
    record(run, "b", "paid", { json: 2 });
    run.end("b");
    record(run, "c", "sent", { json: 3 });
    run.fail("c", broken).end("a");
    expect([keyOf(run, "a"), effectsOf(run, "a")]).toEqual(["a:1~1", []]);
    run.end("a");
    expect([keyOf(run, "b"), effectsOf(run, "b")]).toEqual(["b:1", ["paid"]]);
    run.end("b");
    expect([keyOf(run, "c"), effectsOf(run, "c")]).toEqual(["c:1", ["sent"]]);
    run.fail("c", broken).end("a");
    expect(keyOf(run, "a")).toBe("a:1~2");
    expect(run.end("a").underWay).toEqual(["b"]);
    expect(effectsOf(run, "b")).toEqual(["paid"]);
  });

  it("a hook that fails: written down, and the rollback goes on", () => {
    const run = new SteeredRun([chain({ a: undoing })]).begin().end("a", "b").fail("c", broken);
    const { run: index, node, n, c, id } = run.flight("a");
    run.host.send({ type: "undo.ended", run: index, node, n, c, id, failure: broken });
    expect([run.underWay, keyOf(run, "a")]).toEqual([["a"], "a:1~1"]);
    expect(run.finish().host.status).toBe("completed");
  });

  it("from the cache: not undone, as this run did not do it", () => {
    const run = new SteeredRun([chain({ a: undoing })]).begin();
    const { run: index, node, n, c, id } = run.flight("a");
    const out = { x: { json: 1 }, y: { json: 2 } };
    const cache = { key: "k", outcome: "hit", from: "other" } as const;
    run.host.send({ type: "attempt.succeeded", run: index, node, n, c, id, out, links: [1, 1], cache });
    run.look().end("b").fail("c", broken);
    expect(run.underWay).toEqual(["a"]);
    expect(run.story.includes("undo a")).toBe(false);
  });

  it("items and rounds: each is undone by itself, newest first", () => {
    const steps: { readonly [step: string]: StepSpec } = {
      m: { ...undoing, forEach: { over: "items" } },
      r: { ...undoing, ports: { in: { default: 0 } }, repeat: { max: 2, carry: { x: "in" } } },
      z: {},
    };
    const links = ["items -> m.items", "m.x -> r.list", "r.x -> z.in"];
    const inputs = { items: { default: [1, 2] } };
    const run = new SteeredRun([{ handling: "rollback", inputs, steps, links }]).begin();
    run.end("m[0]", "m[1]", "r", "r").fail("z", broken).end("r", "r", "m[1]", "m[0]");
    expect(run.story.filter((line) => line.startsWith("undo"))).toEqual(["undo r", "undo r", "undo m[1]", "undo m[0]"]);
    expect([keyOf(run, "m[0]"), run.finish().host.status]).toEqual(["m[0]:1~1", "completed"]);
  });

  it("time of the run: passes on; a delay that was waiting at the checkpoint is due when it was", () => {
    const run = new SteeredRun([chain({}, { timeoutMs: 1000 })]).begin().pass(600).end("a", "b").fail("c", broken);
    expect([run.underWay, run.pass(399).host.status, run.pass(1).host.status]).toEqual([["a"], "running", "stopping"]);
  });

  it("preserve_partial_results: outputs that were taken back stay readable until they come again", () => {
    for (const preserve of [true, false]) {
      const spec = chain(
        {},
        { handling: "retry", maxRetries: 0, rollbackOnFailure: true, preservePartialResults: preserve },
      );
      const run = new SteeredRun([spec]).begin().end("a", "b").fail("c", broken);
      const root = runAt(run.host.tree, 0);
      expect([run.host.status, root.outputs.size, readableOutputs(root).size]).toEqual(["failed", 0, preserve ? 1 : 0]);
      run.resume();
      expect([run.underWay, run.finish().host.status]).toEqual([["a"], "completed"]);
    }
  });
});

describe("rollback of children", () => {
  const outer = (step: StepSpec = {}, more: Partial<WorkflowSpec> = {}): WorkflowSpec =>
    chain({ b: { workflow: "inner", ...step } }, more);
  const inner = (p: StepSpec = {}, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
    name: "inner",
    inputs: { in: {} },
    steps: { o: {}, p },
    outputs: { x: {} },
    links: ["in -> o.in", "o.x -> p.in", "p.x -> x"],
    ...more,
  });

  it("the child rolls back: only the child starts again", () => {
    const run = new SteeredRun([outer({}, { handling: "stop" }), inner({}, { handling: "rollback" })]).begin().end("a");
    run.end("b/o").fail("b/p", broken);
    expect([run.underWay, run.startsOf("a")]).toEqual([["b/o"], 1]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("the parent rolls back: what its children did is undone too, also of those that are over", () => {
    const run = new SteeredRun([outer(undoing), inner(undoing)]).begin().end("a", "b/o", "b/p").fail("c", broken);
    expect(run.underWay).toHaveLength(1);
    for (let undo = 0; undo < 2; undo++) run.host.end([...run.host.inFlight.keys()][0] ?? 0);
    expect(run.look().underWay).toEqual(["a"]);
    expect(run.host.journal.filter((event) => event.type === "undo.started")).toHaveLength(2);
    run.end("a");
    expect(keyOf(run, "b/o")).toBe("b~1/o:1");
    run.end("b/o");
    expect([keyOf(run, "b/p"), run.finish().host.status, run.faults]).toEqual(["b~1/p:1", "completed", []]);
  });

  it("two levels: what the child's rollback undid is not undone again by the parent's", () => {
    const run = new SteeredRun([
      outer({ handling: "rollback" }),
      inner({}, { handling: "rollback", maxRetries: 1, steps: { o: undoing, p: {} } }),
    ]).begin();
    run.end("a", "b/o").fail("b/p", broken).end("b/o");
    expect(keyOf(run, "b/o")).toBe("b/o:1~1");
    run.end("b/o").fail("b/p", broken);
    expect(run.story.filter((line) => line.startsWith("rollback"))).toEqual(["rollback.started 1", "rollback.started"]);
    expect(run.story.filter((line) => line.startsWith("undo"))).toHaveLength(2);
    run.host.end([...run.host.inFlight.keys()][0] ?? 0);
    expect([run.look().underWay, run.startsOf("a")]).toEqual([["a"], 2]);
    run.end("a");
    expect(keyOf(run, "b/o")).toBe("b/o:1~2");
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a child that used up its rollbacks: final for the parent's inherited strategy", () => {
    const specs = [outer(), inner({ config: { fails: -1 } }, { handling: "rollback", maxRetries: 1 })];
    const run = new SteeredRun(specs).begin().finish();
    expect([run.host.status, run.startsOf("a"), run.startsOf("b/p")]).toEqual(["failed", 1, 2]);
  });

  it("retry on the parent's step: a child that stopped goes on, one that is out of rollbacks starts anew", () => {
    const retry: StepSpec = { handling: "retry", maxRetries: 1 };
    const stopped = new SteeredRun([outer(retry), inner({ config: { fails: 1 } }, { handling: "stop" })])
      .begin()
      .finish();
    expect([stopped.host.status, stopped.startsOf("b/o"), stopped.storyOf("b").includes("reopen")]).toEqual([
      ...["completed", 1, true],
    ]);
    const spent = inner({ config: { fails: 3 } }, { handling: "rollback", maxRetries: 1 });
    const anew = new SteeredRun([outer(retry), spent]).begin().finish();
    expect([
      anew.host.status,
      anew.startsOf("b/o"),
      anew.storyOf("b").filter((line) => line === "child").length,
    ]).toEqual([...["completed", 4, 2]]);
  });

  it("the parent rolls back while its child does: one rollback takes the place of the other", () => {
    const specs = [
      outer({}, { steps: { a: {}, b: { workflow: "inner" }, c: {}, s: {} } }),
      inner({}, { handling: "rollback", steps: { o: undoing, p: {} } }),
    ];
    const run = new SteeredRun(specs).begin().end("a", "b/o").fail("b/p", broken);
    expect(run.underWay).toEqual(["b/o", "s"]);
    run.fail("s", broken);
    expect(run.host.tree.runs[0]?.status).toBe("rolling");
    run.end("b/o");
    expect([run.underWay, run.story.filter((line) => line.startsWith("undo"))]).toEqual([["a", "s"], ["undo b/o"]]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });
});
