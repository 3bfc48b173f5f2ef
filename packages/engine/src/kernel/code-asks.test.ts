import { describe, expect, it } from "vitest";
import { failureOf } from "../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { answerKey } from "./answer-key.js";
import { findCell } from "./recovery/cell-key.js";
import { runAt } from "./state.js";

const asking = (questions: number, more: StepSpec = {}): StepSpec => ({ config: { questions }, ...more });
const spec = (step: StepSpec, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { a: step, b: {} },
  links: ["a.x -> b.in"],
  ...more,
});

/** What the code of a step was told so far, by question. */
function told(run: SteeredRun, path: string): readonly string[] {
  const { run: index, node, n, c } = run.flight(path);
  const cell = findCell(runAt(run.host.tree, index), { run: index, node, n, c });
  return [...(cell?.effects?.keys() ?? [])].filter((key) => key.startsWith("\u0000ask"));
}

const decision = (name: string): string => answerKey(name, "decision");

describe("questions of a step's code", () => {
  it("answered: the code runs again with the answer, and no retry is used up", () => {
    const run = new SteeredRun([spec(asking(2, { maxRetries: 0 }))]).begin().end("a");
    expect([run.underWay, run.host.answers.map(({ name }) => name)]).toEqual([[], ["q1"]]);
    run.answer("a", "yes");
    expect([run.underWay, told(run, "a")]).toEqual([["a"], [decision("q1")]]);
    run.end("a").answer("a", "no");
    expect(told(run, "a")).toEqual([decision("q1"), decision("q2")]);
    run.finish();
    expect(run.storyOf("a").join(", ")).toBe("start, suspend, answer, start 2, suspend, answer, start 3, ok");
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("an answer to the question before: comes too late, and answers no other one", () => {
    const run = new SteeredRun([spec(asking(2))]).begin().end("a");
    const [first] = run.host.answers;
    run.answer("a", "yes").end("a");
    expect(run.host.answers.map(({ name }) => name)).toEqual(["q2"]);
    expect(first && run.host.send(first)).toBe(false);
  });

  it("killed while it asks, and after the answer: nothing is asked twice", () => {
    const run = new SteeredRun([spec(asking(2))]).begin().end("a").restart();
    expect(run.underWay).toEqual([]);
    run.answer("a", "yes").restart();
    expect(told(run, "a")).toEqual([decision("q1")]);
    run.end("a").restart().answer("a", "yes").finish();
    expect(run.storyOf("a").filter((line) => line === "suspend")).toHaveLength(2);
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("late: the answer is on_timeout's; without one the step fails", () => {
    const run = new SteeredRun([spec(asking(1, { timeoutMs: 1000, onTimeout: "no" }))]).begin().end("a").pass(1000);
    expect(told(run, "a")).toEqual(["decision", "by", "at"].map((part) => answerKey("q1", part)));
    expect(run.finish().host.status).toBe("completed");
    const bare = new SteeredRun([spec(asking(1, { timeoutMs: 1000 }))]).begin().end("a").pass(1000);
    expect(bare.storyOf("a").at(-1)).toBe("stop E_TIMEOUT");
  });

  it("pause: the answer is recorded, and the code goes on afterwards", () => {
    const run = new SteeredRun([spec(asking(1))]).begin().end("a").pause().answer("a", "yes");
    expect([run.underWay, run.unpause().underWay]).toEqual([[], ["a"]]);
  });

  it("cancelled: over at once, and no answer is taken", () => {
    const run = new SteeredRun([spec(asking(1))]).begin().end("a");
    const [answer] = run.host.answers;
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect([run.host.status, answer && run.host.send(answer)]).toEqual(["cancelled", false]);
  });

  it("answered when the run has stopped and is resumed: the code goes on, its answers known", () => {
    const steps = { a: asking(1), b: {}, bad: { config: { fails: 1 } } };
    const run = new SteeredRun([spec({}, { steps })]).begin().end("a", "bad");
    expect(run.host.status).toBe("failed");
    run.resume().end("bad").answer("a", "yes");
    expect(told(run, "a")).toEqual([decision("q1")]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });

  it("a retry after the answer: it is not asked again", () => {
    const run = new SteeredRun([spec(asking(1), { handling: "retry" })]).begin().end("a").answer("a", "yes");
    run.fail("a", failureOf("E_NETWORK", { what: "test" })).pass(100_000);
    expect(told(run, "a")).toEqual([decision("q1")]);
    expect([run.finish().host.status, run.storyOf("a").filter((line) => line === "suspend").length]).toEqual([
      "completed",
      1,
    ]);
  });

  it("the fallback asks for itself", () => {
    const run = new SteeredRun([spec(asking(1, { fallback: { questions: 1 } }))]).begin().end("a").answer("a", "yes");
    run.fail("a", failureOf("E_CONFIG", { class: "a", problems: "" }));
    expect(told(run, "a")).toEqual([]);
    run.end("a").answer("a", "no").finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
  });

  it("for_each: each item has its own question; repeat: each round", () => {
    const mapped: WorkflowSpec = {
      inputs: { items: { default: [1, 2] } },
      steps: { a: asking(1, { forEach: { over: "items", concurrency: 2 } }) },
      outputs: { end: {} },
      links: ["items -> a.items", "a.x -> end"],
    };
    const run = new SteeredRun([mapped]).begin().end("a[0]", "a[1]").answer("a[1]", "no").end("a[1]");
    run.answer("a[0]", "yes").end("a[0]");
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    const rounds = asking(1, { ports: { in: { default: 0 } }, repeat: { max: 2, carry: { x: "in" } } });
    const loop = new SteeredRun([spec(rounds)]).begin().end("a").answer("a", "yes").end("a").end("a");
    expect(loop.host.answers).toHaveLength(1);
    loop.answer("a", "yes").finish();
    expect([loop.host.status, loop.faults]).toEqual(["completed", []]);
  });

  it("rolled back: what was answered is not asked again", () => {
    const steps = { a: asking(2), b: {} };
    const run = new SteeredRun([spec({}, { steps, handling: "rollback", maxRetries: 2 })]).begin();
    run.end("a").answer("a", "yes").end("a").answer("a", "no").end("a");
    run.fail("b", failureOf("E_STEP", { what: "test" }));
    expect(told(run, "a")).toEqual([decision("q1"), decision("q2")]);
    expect([run.finish().host.status, run.faults]).toEqual(["completed", []]);
  });
});
