import { describe, expect, it } from "vitest";
import type { Json } from "../../contracts/json.js";
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

const undoing: StepSpec = { onRollback: {} };

describe("what comes from outside", () => {
  const asking = (b: StepSpec = {}): WorkflowSpec =>
    chain(
      { b: { waits: "person", config: { asks: true }, ...b } },
      { links: ["a.x -> b.in", "b.x -> c.in"], outputs: {} },
    );

  it("an answer: the same question is not asked again after a rollback", () => {
    const run = new SteeredRun([asking()]).begin().end("a", "b");
    const [answer] = run.host.answers;
    if (answer === undefined) throw new Error("a question is expected");
    run.host.send({ ...answer, out: { x: { json: "yes" } } });
    run.look().fail("c", broken).end("a", "b");
    expect(run.host.inputsOf(run.flight("c"))).toEqual({ in: "yes" });
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("an answer: another question is asked", () => {
    const run = new SteeredRun([asking()]).begin().end("a", "b");
    const [answer] = run.host.answers;
    if (answer !== undefined) run.host.send(answer);
    run.look().fail("c", broken).end("a");
    const { run: index, node, n, c, id } = run.flight("b");
    run.host.send({ type: "attempt.suspended", run: index, node, n, c, id, ask: { question: "Really?" } });
    expect([run.underWay, run.host.answers.length]).toEqual([[], 1]);
  });

  it("an answer to a question older than the checkpoint: given again", () => {
    const steps: { readonly [step: string]: StepSpec } = {
      b: { waits: "person", config: { asks: true } },
      k: { checkpoint: true },
      z: {},
    };
    const spec: WorkflowSpec = {
      handling: "rollback",
      steps,
      links: ["k.x -> z.in", "b.x -> end"],
      outputs: { end: {} },
    };
    const run = new SteeredRun([spec]).begin().end("b", "k");
    const [answer] = run.host.answers;
    if (answer !== undefined) run.host.send({ ...answer, out: { x: { json: 1 } } });
    run.look().fail("z", broken);
    expect([run.underWay, run.host.answers, run.host.outputs]).toEqual([["z"], [], { end: 1 }]);
    expect([run.finish().host.status, run.startsOf("b")]).toEqual(["completed", 1]);
  });

  it("an answer while the run rolls back: kept", () => {
    const steps = { b: { waits: "person" as const, config: { asks: true } }, s: {}, bad: {} };
    const run = new SteeredRun([chain(steps, { links: ["b.x -> end"], outputs: { end: {} } })]).begin().end("b");
    run.fail("bad", broken);
    const [answer] = run.host.answers;
    expect(answer && run.host.send({ ...answer, out: { x: { json: 9 } } })).toBe(true);
    for (const path of [...run.underWay]) run.fail(path, failureOf("E_CANCELLED", { reason: "rollback" }));
    run.look().end("b");
    expect(run.host.outputs).toEqual({ end: 9 });
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  const reacting = (more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
    strategy: "event_driven",
    handling: "rollback",
    completion: "manual",
    parameters: { limit: { default: 1 } },
    steps: { t: { ports: { go: {} } }, u: {}, bad: {} },
    outputs: { end: { merge: "collect" } },
    links: ["t.x -> u.in", "limit -> u.limit", "u.x -> end"],
    triggers: { now: { kind: "manual", targets: ["t.go"] } },
    ...more,
  });

  it("firings: those since the checkpoint fire again, in their order", () => {
    const run = new SteeredRun([reacting()]).begin();
    run.act({ fire: "now", payload: 1 }, { fire: "now", payload: 2 }).end("t", "u").fail("bad", broken);
    while (run.host.tree.runs[0]?.status === "rolling") run.fail(run.underWay[0] ?? "", broken);
    const seen: Json[] = [];
    for (const _firing of [1, 2]) {
      seen.push(run.host.inputsOf(run.flight("t"))["go"] ?? null);
      run.end("t", "u");
    }
    expect(seen).toEqual([1, 2]);
    run.end("bad").act({ finish: true });
    expect([run.host.status, (run.host.outputs["end"] as Json[]).length, run.faults]).toEqual(["completed", 2, []]);
  });

  it("a parameter that was set, and the end that was asked for: stay said", () => {
    const run = new SteeredRun([reacting()]).begin().act({ set: "limit", value: 5 }, { fire: "now", payload: 1 });
    run.act({ finish: true }).fail("bad", broken);
    while (run.host.tree.runs[0]?.status === "rolling") run.fail(run.underWay[0] ?? "", broken);
    run.end("t");
    expect(run.host.inputsOf(run.flight("u"))["limit"]).toBe(5);
    expect(run.host.act({ fire: "now" })).toBe(false);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("queue: items that were taken since the checkpoint, and those under way, come again", () => {
    const spec: WorkflowSpec = {
      handling: "rollback",
      steps: { p: { config: { emits: { x: 3 } }, checkpoint: true }, c: { onRollback: {} }, bad: {} },
      outputs: { end: { merge: "collect" } },
      links: ["c.x -> end"],
      queues: { q: { link: "p.x => c.in" } },
    };
    const run = new SteeredRun([spec]).begin().emit("p", "p", "p").end("p", "c").fail("bad", broken);
    const first = run.host.inputsOf(run.flight("c"))["in"];
    run.fail("c", failureOf("E_CANCELLED", { reason: "rollback" })).end("c");
    expect([run.underWay, first === run.host.inputsOf(run.flight("c"))["in"]]).toEqual([["bad", "c"], false]);
    run.finish();
    expect([run.host.status, (run.host.outputs["end"] as Json[]).length, run.faults]).toEqual(["completed", 3, []]);
  });

  it("pause while the run rolls back: nothing is undone or started in it", () => {
    const run = new SteeredRun([chain({ a: undoing, s: {} })]).begin().end("a", "b").fail("c", broken).pause();
    run.end("s");
    expect([run.underWay, run.unpause().underWay]).toEqual([[], ["a"]]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("cancel while the run rolls back: over when what runs has ended, and nothing is restored", () => {
    const run = new SteeredRun([chain({ a: undoing, b: undoing })]).begin().end("a", "b").fail("c", broken);
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect(run.host.status).toBe("rolling");
    run.end("b");
    expect([run.host.status, run.story.includes("rolledback")]).toEqual(["cancelled", false]);
  });
});
