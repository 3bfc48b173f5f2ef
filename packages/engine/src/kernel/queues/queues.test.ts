import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import type { QueueSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";
import { plainValue } from "../../testing/symbolic-values.js";
import type { QueueState } from "./queue-state.js";

/** `p` sends five values, `c` and `d` share them; dead letters go to an output. */
function spec(queue: Partial<QueueSpec> = {}, more: Partial<WorkflowSpec> = {}): WorkflowSpec {
  return {
    strategy: "event_driven",
    steps: { p: { config: { emits: { x: 5 } } }, c: {}, d: {} },
    queues: { q: { link: "p.x => c.in, d.in", ...queue } },
    links: ["q.dead_letters -> dead", "c.y -> out", "d.y -> out"],
    outputs: { dead: { merge: "collect" }, out: { merge: "collect" } },
    ...more,
  };
}

const one = (queue: Partial<QueueSpec> = {}, more: Partial<WorkflowSpec> = {}) =>
  spec(
    { link: "p.x => c.in", ...queue },
    { steps: { p: { config: { emits: { x: 5 } } }, c: {} }, links: ["q.dead_letters -> dead", "c.y -> out"], ...more },
  );

function queueOf(run: SteeredRun): QueueState {
  return run.host.tree.runs[0]?.queues[0] as QueueState;
}

/** What the activations of a step were given, in order. */
function given(run: SteeredRun, step: string): string[] {
  const { tree, journal } = run.host;
  const node = tree.plan.workflows[0]?.nodes.findIndex(({ name }) => name === step);
  return journal.flatMap((event) =>
    event.type === "attempt.started" && event.node === node && event.attempt === 1 ? [`${event.n}`] : [],
  );
}

const failure = failureOf("E_STEP", {});

describe("queues in a run", () => {
  it("every item is an activation of its own, and all are acknowledged", () => {
    const run = new SteeredRun([one()]).begin().finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    expect(given(run, "c")).toEqual(["1", "2", "3", "4", "5"]);
    const { acknowledged, dead, waiting } = queueOf(run);
    expect({ acknowledged, dead, waiting }).toEqual({ acknowledged: 5, dead: 0, waiting: 0 });
  });

  it("round_robin: items alternate between the targets", () => {
    const run = new SteeredRun([spec()]).begin().emit("p", "p", "p", "p", "p").end("p", "d", "c");
    run.finish();
    expect([given(run, "c").length, given(run, "d").length]).toEqual([3, 2]);
  });

  it("a full queue holds its producer back until an activation has begun with an item", () => {
    const run = new SteeredRun([one({ capacity: 1 })]).begin().emit("p", "p");
    expect([run.held, queueOf(run).waiting]).toEqual([[], 1]);
    run.emit("p");
    expect([run.held, queueOf(run).waiting]).toEqual([["p"], 2]);
    run.end("c");
    expect([run.held, queueOf(run).waiting]).toEqual([[], 1]);
  });

  it.each(["sequential", "parallel", "graph", "event_driven"] as const)(
    "%s: a producer whose consumer needs its turn does not hang the run",
    (strategy) => {
      const run = new SteeredRun([one({ capacity: 2 }, { strategy })]).begin().finish();
      expect([run.host.status, given(run, "c").length, run.faults]).toEqual(["completed", 5, []]);
    },
  );

  it("a queue that can never drain grows: the first full one of the document, with room for what waits", () => {
    const steps = { p: { config: { emits: { x: 5 } } }, c: {} };
    const links = ["p.sum -> c.sum", "c.y -> out"];
    const run = new SteeredRun([{ ...one({ capacity: 1 }), steps, links, outputs: { out: {} } }]).begin().finish();
    const grown = run.host.journal.flatMap((event) => (event.type === "queue.grown" ? [event.capacity] : []));
    expect([run.host.status, grown]).toEqual(["completed", [2, 4, 8]]);
  });

  it("a paused run does not wait for a held producer", () => {
    const run = new SteeredRun([one({ capacity: 1 })]).begin().emit("p", "p", "p").pause();
    expect(run.held).toEqual(["p"]);
    run.end("c").unpause().finish();
    expect([run.host.status, given(run, "c").length]).toEqual(["completed", 5]);
  });

  it("a failed attempt is redelivered in its place, then the item is a dead letter and its step failed as under continue", () => {
    const run = new SteeredRun([one({ maxDeliveries: 2 }, { handling: "stop", retryDelayMs: 10 })]).begin();
    run.emit("p", "p").fail("c", failure);
    expect([run.underWay, queueOf(run).waiting]).toEqual([["p"], 1]);
    run.pass(100);
    expect(run.startsOf("c")).toBe(2);
    run.fail("c", failure);
    expect([queueOf(run).dead, run.underWay]).toEqual([1, ["c", "p"]]);
    run.finish();
    expect(run.host.status).toBe("completed");
    const letters = run.host.journal.filter((event) => event.type === "item.dead");
    expect(letters.length).toBe(1);
    expect(run.host.outputs["dead"]).toHaveLength(1);
  });

  it("what no retry can mend is a dead letter at once", () => {
    const run = new SteeredRun([one()])
      .begin()
      .emit("p")
      .fail("c", failureOf("E_OUTPUT_MISSING", { port: "y" }));
    expect([queueOf(run).dead, run.startsOf("c")]).toEqual([1, 1]);
  });

  it("deliveries first, then the fallback with as many, then the dead letter", () => {
    const steps = { p: { config: { emits: { x: 1 } } }, c: { fallback: { fails: -1 }, config: { fails: -1 } } };
    const run = new SteeredRun([one({ maxDeliveries: 2 }, { steps })]).begin().finish();
    expect([run.startsOf("c"), queueOf(run).dead, run.host.status]).toEqual([4, 1, "completed"]);
  });

  it.each([
    ["comes to an end within them is acknowledged", 1, { acknowledged: 2, dead: 0 }],
    ["does not is a dead letter, and the line goes on", -1, { acknowledged: 0, dead: 2 }],
  ] as const)("a child run that failed costs a delivery: what %s", (_, fails, counts) => {
    const child: WorkflowSpec = {
      name: "child",
      inputs: { in: {} },
      steps: { s: { config: { fails } } },
      links: ["in -> s.in"],
    };
    const steps = { p: { config: { emits: { x: 2 } } }, c: { workflow: "child" } };
    const parent = one({ maxDeliveries: 2 }, { steps, links: [], outputs: {}, handling: "stop", maxRetries: 0 });
    const run = new SteeredRun([parent, { ...child, handling: "stop", maxRetries: 0 }]).begin().finish();
    expect([run.host.status, queueOf(run)]).toMatchObject(["completed", counts]);
    const retries = run.host.journal.filter((event) => event.type === "retry.scheduled" && event.run === 0);
    expect(retries.map((event) => event.type === "retry.scheduled" && event.retry)).toEqual([1, 1]);
  });

  it("no value at all: every target gets an absence", () => {
    const steps = { p: { config: { fails: -1 } }, c: {}, d: {} };
    const run = new SteeredRun([spec({}, { steps, handling: "continue", maxRetries: 0 })]).begin().finish();
    expect([run.host.status, run.steps.filter((line) => /^[cd]/.test(line))]).toEqual([
      "completed",
      ["c skipped", "d skipped"],
    ]);
  });

  it("one item for two targets: the other is closed at the end", () => {
    const run = new SteeredRun([spec({}, { steps: { p: { config: { emits: { x: 1 } } }, c: {}, d: {} } })]).begin();
    run.finish();
    expect([run.host.status, run.steps.filter((line) => /^[cd]/.test(line))]).toEqual([
      "completed",
      ["c succeeded", "d skipped"],
    ]);
  });

  it("each: the items of a list travel one by one, and an empty list is an absence", () => {
    const steps = { p: {}, c: {} };
    const run = new SteeredRun([one({ link: "p.list => c.in", each: true }, { steps })]).begin().finish();
    const sent = run.host.journal.find((event) => event.type === "attempt.succeeded");
    const list = sent?.type === "attempt.succeeded" ? plainValue(sent.out["list"] ?? { json: null }) : null;
    expect(given(run, "c").length).toBe((list as readonly unknown[]).length);
    expect(run.host.status).toBe("completed");
  });

  it("items in flight and waiting survive a crash, at no cost in deliveries", () => {
    const run = new SteeredRun([one({ maxDeliveries: 1 })]).begin().emit("p", "p", "p").restart();
    expect([run.underWay, queueOf(run).waiting, queueOf(run).dead]).toEqual([["c", "p"], 2, 0]);
    run.finish();
    expect([run.host.status, queueOf(run).acknowledged]).toEqual(["completed", 5]);
  });

  it("a map that failed as a whole is one dead letter, whatever its strategy", () => {
    const c = { forEach: { over: "in" }, config: { fails: -1 } };
    const steps = { p: { config: { emits: { list: 3 } } }, c };
    const run = new SteeredRun([one({ link: "p.list => c.in" }, { steps, maxRetries: 0, handling: "stop" })])
      .begin()
      .finish();
    const empty = run.host.journal.filter((event) => event.type === "activation.measured" && event.count === 0).length;
    expect([run.host.status, queueOf(run).dead, run.faults]).toEqual(["completed", 3 - empty, []]);
    expect(queueOf(run).dead).toBeGreaterThan(0);
  });

  it("an input that is absent under when_absent fail makes the item a dead letter that was never delivered", () => {
    const steps = {
      p: { config: { emits: { x: 1 } } },
      o: { config: { fails: -1 } },
      c: { whenAbsent: "fail" as const },
    };
    const links = ["o.y -> c.other", "q.dead_letters -> dead"];
    const spec = one(
      {},
      { steps, links, outputs: { dead: { merge: "collect" } }, handling: "continue", maxRetries: 0 },
    );
    const run = new SteeredRun([spec]).begin().finish();
    expect([run.host.status, queueOf(run).dead, run.startsOf("c"), run.faults]).toEqual(["completed", 1, 0, []]);
  });

  it("very many dead letters come out one by one, in order", () => {
    const failures = Array.from(
      { length: 2500 },
      (_, item) => [item, failureOf("E_VALUE_SCHEMA", { target: `${item}` })] as const,
    );
    const run = new SteeredRun([one({ each: true })]).begin();
    const { run: index, node, n, c, id } = run.flight("p");
    const links = [{ queued: 2500, each: true, invalid: failures }];
    const value = { blob: "b", sizeBytes: 1 };
    run.host.send({ type: "attempt.emitted", run: index, node, n, c, id, port: "x", index: 0, value, links });
    const seen: unknown[] = [];
    while (queueOf(run).letters.length > 0) {
      seen.push(queueOf(run).letters[0]?.failure.details?.["target"]);
      const [errand] = run.host.tree.errands.values();
      if (errand !== undefined) run.host.answer(errand);
    }
    expect(seen).toEqual(failures.map(([item]) => `${item}`));
  });

  it("a rollback brings acknowledged items and those in flight back, and they settle once more", () => {
    const steps = { p: { config: { emits: { x: 4 } } }, c: {}, f: { config: { fails: 1 } } };
    const links = ["c.y -> f.in", "f.z -> out"];
    const rolls = one(
      {},
      { steps, links, outputs: { out: { merge: "collect" } }, handling: "rollback", maxRetries: 9, retryDelayMs: 1 },
    );
    const calm = { ...rolls, steps: { ...steps, f: {} } };
    const [rolled, plain] = [rolls, calm].map((spec) => new SteeredRun([spec]).begin().finish());
    const rollbacks = rolled?.host.journal.filter(({ type }) => type === "run.rolledback").length;
    expect([rolled?.host.status, rollbacks, rolled?.faults]).toEqual(["completed", 4, []]);
    expect(rolled?.host.outputs).toEqual(plain?.host.outputs);
    const { acknowledged, waiting, dead } = queueOf(rolled as SteeredRun);
    expect([acknowledged, waiting, dead]).toEqual([4, 0, 0]);
  });
});
