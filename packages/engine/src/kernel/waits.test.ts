import { describe, expect, it } from "vitest";
import { failureOf } from "../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { nextDue } from "./decide.js";
import { runAt } from "./state.js";
import { onlyWaiting } from "./waits.js";

/** `a` waits, `b` takes what it gives. */
const waiting = (step: StepSpec, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { a: step, b: {} },
  links: ["a.at -> b.in"],
  ...more,
});

const timed = (waitMs: number, more: StepSpec = {}): StepSpec => ({ waits: "time", config: { waitMs }, ...more });
const asking = (more: StepSpec = {}): StepSpec => ({ waits: "person", config: { asks: true }, ...more });
const approval = (more: StepSpec = {}, workflow: Partial<WorkflowSpec> = {}): WorkflowSpec =>
  waiting(asking(more), { links: ["a.decision -> b.in"], ...workflow });

const stillWaiting = ({ host }: SteeredRun): boolean => onlyWaiting(host.tree, runAt(host.tree, 0));

describe("waits for a moment", () => {
  it("due: the step gives the moment, and nothing of it runs until then", () => {
    const run = new SteeredRun([waiting(timed(60_000))]).begin();
    const due = run.host.now + 60_000;
    run.end("a");
    expect([run.underWay, nextDue(run.host.tree), run.host.tree.runs[0]?.running]).toEqual([[], due, 0]);
    expect(run.pass(59_999).underWay).toEqual([]);
    run.pass(1);
    expect(run.host.inputsOf(run.flight("b"))).toEqual({ in: new Date(due).toISOString() });
    expect(run.finish().storyOf("a")).toEqual(["start", "suspend", "wake", "gather"]);
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("its place is free meanwhile: another step takes it", () => {
    const run = new SteeredRun([waiting(timed(1000), { steps: { a: timed(1000), b: {}, c: {} } })], {
      slots: 1,
    }).begin();
    expect(run.underWay).toEqual(["a"]);
    expect(run.end("a").underWay).toEqual(["c"]);
  });

  it("sequential: it is the step's turn until it is over", () => {
    const spec = waiting(timed(1000), { strategy: "sequential", steps: { a: timed(1000), b: {}, c: {} } });
    const run = new SteeredRun([spec]).begin().end("a");
    expect(run.underWay).toEqual([]);
    expect(run.pass(1000).underWay).toEqual(["b"]);
  });

  it("killed: another process waits for the same moment, and no attempt is lost", () => {
    const run = new SteeredRun([waiting(timed(60_000))]).begin().end("a").restart();
    expect([run.underWay, run.pass(60_000).underWay]).toEqual([[], ["b"]]);
    expect(run.storyOf("a")).toEqual(["start", "suspend", "wake", "gather"]);
  });

  it("due in a pause: over when the pause is", () => {
    const run = new SteeredRun([waiting(timed(1000))]).begin().end("a").pause().pass(5000);
    expect([run.underWay, run.unpause().underWay]).toEqual([[], ["b"]]);
  });

  it("the step's timeout comes first: late, and not tried again", () => {
    const run = new SteeredRun([waiting(timed(5000, { timeoutMs: 1000 }), { handling: "retry" })]).begin().end("a");
    run.pass(1000);
    expect(run.storyOf("a")).toEqual(["start", "suspend", "late", "stop E_TIMEOUT"]);
    expect(run.host.status).toBe("failed");
  });
});

describe("waits for a person", () => {
  it("answered: the answer is what the step gives; a second one comes too late", () => {
    const run = new SteeredRun([approval()]).begin().end("a");
    expect([nextDue(run.host.tree), stillWaiting(run)]).toEqual([Number.POSITIVE_INFINITY, true]);
    const { out, ...answered } = run.host.answers[0] ?? {
      out: {},
      type: "wait.answered",
      run: 0,
      node: 0,
      n: 1,
      c: 0,
      by: "",
    };
    run.answer("a", "yes");
    expect(run.host.inputsOf(run.flight("b"))).toEqual({ in: "yes" });
    expect(run.host.send({ ...answered, out })).toBe(false);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("late: the decision of on_timeout, by timeout", () => {
    const run = new SteeredRun([approval({ timeoutMs: 1000, onTimeout: "no" })]).begin().end("a");
    expect(stillWaiting(run)).toBe(true);
    run.pass(1000);
    expect(run.host.inputsOf(run.flight("b"))).toEqual({ in: "no" });
    const over = run.host.journal.find((event) => event.type === "wait.over");
    expect(over).toMatchObject({ late: true, out: { decision: { json: "no" }, by: { json: "timeout" } } });
    expect(run.host.answers).toEqual([]);
  });

  it("late without a decision: the fallback is the escalation", () => {
    const run = new SteeredRun([approval({ timeoutMs: 1000, fallback: { asks: true } })]).begin().end("a").pass(1000);
    expect(run.storyOf("a")).toEqual(["start", "suspend", "late", "fallback", "start fallback 2"]);
    run.end("a").answer("a", "yes").finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("late without either: E_TIMEOUT, not tried again under retry; resumed, it is asked again", () => {
    const run = new SteeredRun([approval({ timeoutMs: 1000 }, { handling: "retry" })]).begin().end("a").pass(1000);
    expect([run.host.status, run.storyOf("a").at(-1)]).toEqual(["failed", "stop E_TIMEOUT"]);
    run.resume().end("a").answer("a", "yes").finish();
    expect(run.host.status).toBe("completed");
  });

  it("pause: an answer is recorded, and nothing starts until it is over", () => {
    const run = new SteeredRun([approval()]).begin().end("a").pause().answer("a", "yes");
    expect([run.underWay, run.unpause().underWay]).toEqual([[], ["b"]]);
  });

  it("stop: nobody waits for the person; resumed, the same question stands", () => {
    const spec = approval({}, { steps: { a: asking(), b: {}, bad: { config: { fails: 1 } } } });
    const run = new SteeredRun([spec]).begin().end("a", "bad");
    expect(run.host.status).toBe("failed");
    run.resume();
    expect([run.underWay, run.startsOf("a")]).toEqual([["bad"], 1]);
    run.end("bad").answer("a", "yes").finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("cancel: over at once, and no answer is taken", () => {
    const run = new SteeredRun([approval()]).begin().end("a");
    const [answer] = run.host.answers;
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect([run.host.status, answer && run.host.send(answer)]).toEqual(["cancelled", false]);
  });

  it("for_each: as many questions at once as concurrency says", () => {
    const spec: WorkflowSpec = {
      inputs: { items: { default: [1, 2, 3] } },
      steps: { a: asking({ forEach: { over: "items", concurrency: 2 } }) },
      outputs: { end: {} },
      links: ["items -> a.items", "a.decision -> end"],
    };
    const run = new SteeredRun([spec]).begin().end("a[0]", "a[1]");
    expect(run.underWay).toEqual([]);
    run.answer("a[1]", "no").end("a[2]").answer("a[2]", "later").answer("a[0]", "yes");
    expect([run.host.status, run.host.outputs]).toEqual(["completed", { end: ["yes", "no", "later"] }]);
  });

  it("repeat: each round asks", () => {
    const spec = approval({ ports: { in: { default: 0 } }, repeat: { max: 2, carry: { decision: "in" } } });
    const run = new SteeredRun([spec]).begin().end("a").answer("a", "more").end("a").answer("a", "enough");
    expect(run.host.inputsOf(run.flight("b"))).toEqual({ in: "enough" });
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });
});

describe("time of the run", () => {
  it("stands still while only people are waited for", () => {
    const run = new SteeredRun([approval({}, { timeoutMs: 1000 })]).begin().pass(300).end("a").pass(50_000);
    expect([run.host.status, nextDue(run.host.tree)]).toEqual(["running", Number.POSITIVE_INFINITY]);
    run.answer("a", "yes").pass(600);
    expect(run.host.status).toBe("running");
    expect(run.pass(100).host.status).toBe("stopping");
  });

  it("passes while anything else goes on: an attempt, a moment, a delay", () => {
    for (const other of [{}, timed(5000), { handling: "retry", config: { fails: 1, retryAfterMs: 5000 } } as const]) {
      const steps = { a: asking(), b: {}, other };
      const run = new SteeredRun([approval({}, { timeoutMs: 1000, steps })]).begin().end("a");
      if ("config" in other) run.end("other");
      expect(stillWaiting(run)).toBe(false);
      run.pass(1000);
      expect(run.host.journal.some((event) => event.type === "run.stopping")).toBe(true);
    }
  });

  it("a pause in between is not counted twice", () => {
    const run = new SteeredRun([approval({}, { timeoutMs: 1000 })]).begin().end("a").pass(500).pause().pass(500);
    run.unpause().pass(500).answer("a", "yes").pass(999);
    expect(run.host.status).toBe("running");
    expect(run.pass(1).host.status).toBe("stopping");
  });

  it("a child run's question holds the time of the runs above it", () => {
    const specs: WorkflowSpec[] = [
      { timeoutMs: 1000, steps: { nest: { workflow: "inner" } }, links: [] },
      { name: "inner", steps: { a: asking() }, links: [] },
    ];
    const run = new SteeredRun(specs).begin().end("nest/a").pass(10_000).answer("nest/a", "yes");
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a failure that stops the run while a person is asked: the time stands for nobody", () => {
    const steps = { a: asking(), b: {}, bad: {} };
    const run = new SteeredRun([approval({}, { timeoutMs: 1000, steps })]).begin().end("a");
    run.fail("bad", failureOf("E_STEP", { what: "test" }));
    expect([run.host.status, stillWaiting(run)]).toEqual(["failed", false]);
  });
});
