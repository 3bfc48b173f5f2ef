import { describe, expect, it } from "vitest";
import { SampleJournal, sampleFailure } from "../testing/sample-journal.js";
import { samplePlan } from "../testing/sample-plan.js";
import { reviewDone, reviewPlan } from "../testing/sample-review.js";
import { summarize } from "./summarize.js";

const twoSteps = samplePlan({ units: ["x"], steps: { a: {}, b: {} }, links: ["x -> a.x", "a.y -> b.y"] });

function failing(): SampleJournal {
  const journal = new SampleJournal(twoSteps).created().started().unit("x", [1]);
  journal.at(10).attempt("a").at(110).failed("a", sampleFailure());
  const failed = {
    type: "activation.failed",
    run: 0,
    node: journal.node("a"),
    n: 1,
    handling: "stop",
    reason: "no retries left",
  } as const;
  journal.add({ ...failed, failure: sampleFailure() });
  return journal.add({ type: "run.failed", run: 0, cause: sampleFailure() });
}

describe("summary", () => {
  const plan = reviewPlan();
  const summary = summarize(plan, reviewDone(plan).events);

  it("finished run: identity, status and active time", () => {
    expect(summary).toMatchObject({
      run_id: "01SAMPLE",
      name: "brave-franklin",
      workflow: "review",
      plan_hash: plan.hash,
    });
    expect(summary).toMatchObject({ status: "completed", duration_ms: 6970, failures: [], warnings: [] });
  });

  it("steps: status, attempts and duration of each, in document order", () => {
    expect(Object.keys(summary.steps)).toEqual(["search", "read", "improve", "publish", "announce"]);
    expect(summary.steps["search"]).toEqual({
      status: "succeeded",
      attempts: 1,
      activations: 1,
      duration_ms: 1200,
      cached: false,
    });
    expect(summary.steps["publish"]).toMatchObject({ status: "skipped", attempts: 0, activations: 1 });
  });

  it("mapped step: one entry per item in input order, retries counted", () => {
    const read = summary.steps["read"];
    expect(read?.attempts).toBe(4);
    expect(read?.items?.map((item) => [item.status, item.attempts, item.duration_ms])).toEqual([
      ["succeeded", 1, 1000],
      ["succeeded", 2, 3200],
      ["succeeded", 1, 1000],
    ]);
  });

  it("nested workflow: its run lies under the step", () => {
    expect(summary.steps["improve"]?.run).toEqual({
      status: "completed",
      steps: {
        draft: { status: "succeeded", attempts: 1, activations: 1, duration_ms: 1000, cached: false },
        grade: { status: "succeeded", attempts: 1, activations: 1, duration_ms: 500, cached: false },
      },
    });
  });

  it("run not started: every step is pending", () => {
    const created = new SampleJournal(twoSteps).created();
    expect(summarize(twoSteps, created.events)).toMatchObject({
      status: "pending",
      steps: { a: { status: "pending" } },
      duration_ms: 0,
    });
  });

  it("run under way: waiting, ready and running are told apart", () => {
    const journal = new SampleJournal(twoSteps).created().started();
    expect(summarize(twoSteps, journal.events).steps).toMatchObject({
      a: { status: "waiting" },
      b: { status: "waiting" },
    });
    journal.unit("x", [1]);
    expect(summarize(twoSteps, journal.events).steps).toMatchObject({
      a: { status: "ready" },
      b: { status: "waiting" },
    });
    journal.attempt("a");
    expect(summarize(twoSteps, journal.events).steps).toMatchObject({ a: { status: "running" } });
  });

  it("stopped run: the failure is listed once, what never started is pending", () => {
    const stopped = summarize(twoSteps, failing().events);
    expect(stopped.failures).toEqual([{ step: "a", failure: sampleFailure(), handling: "stop" }]);
    expect(stopped.steps).toMatchObject({ a: { status: "failed", error: sampleFailure() }, b: { status: "pending" } });
  });

  it("resumed run: a failure that was mended is no longer listed, time between is not counted", () => {
    const journal = failing().at(1_000_000).add({ type: "run.resumed", by: "user" }).attempt("a", 2);
    journal
      .at(1_000_100)
      .succeeded("a", [1])
      .attempt("b")
      .at(1_000_200)
      .succeeded("b")
      .add({ type: "run.completed", run: 0 });
    const resumed = summarize(twoSteps, journal.events);
    expect(resumed).toMatchObject({
      status: "completed",
      failures: [],
      duration_ms: 310,
      steps: { a: { status: "succeeded", attempts: 2 } },
    });
    expect(resumed.steps["a"]).not.toHaveProperty("error");
  });

  it("result from the cache: counts no attempt", () => {
    const journal = new SampleJournal(twoSteps).created().started().unit("x", [1]).attempt("a");
    const hit = { key: "k", outcome: "hit", from: "calm-curie" } as const;
    journal.add({ type: "attempt.succeeded", ...journal.cell("a"), id: 4, out: {}, links: [1], cache: hit });
    expect(summarize(twoSteps, journal.events).steps["a"]).toMatchObject({
      cached: true,
      attempts: 0,
      status: "succeeded",
    });
  });

  it("cancelled run: open and unstarted steps are cancelled", () => {
    const journal = new SampleJournal(twoSteps).created().started().unit("x", [1]).attempt("a");
    journal
      .add({ type: "run.cancelled", by: "user", reason: "enough" })
      .add({ type: "run.closed", run: 0, status: "cancelled" });
    const { status, steps } = summarize(twoSteps, journal.events);
    expect({ status, steps }).toMatchObject({
      status: "cancelled",
      steps: { a: { status: "cancelled" }, b: { status: "cancelled" } },
    });
  });

  it("completed without an output: a warning names it and why", () => {
    const shape = samplePlan({ steps: { a: {} }, outputs: ["result"], links: ["a.y -> result"] });
    const journal = new SampleJournal(shape).created().started().attempt("a").succeeded("a", [0]);
    const node = journal.node("result");
    journal.add({ type: "activation.skipped", run: 0, node, n: 1, port: "value", reason: "nothing came over link0" });
    expect(summarize(shape, journal.events).warnings).toEqual([]);
    journal.add({ type: "run.completed", run: 0 });
    const message = "Output result has no value: nothing came over link0";
    expect(summarize(shape, journal.events).warnings).toEqual([{ code: "W_OUTPUT_ABSENT", message }]);
  });

  it("completed without an output that nobody declared: a warning only when its step succeeded", () => {
    const declared = samplePlan({ steps: { a: {} }, outputs: ["result"], links: ["a.y -> result"] });
    const shape = JSON.parse(JSON.stringify(declared).replaceAll('"result"', '"a.y"')) as typeof declared;
    const warnings = (tell: (journal: SampleJournal) => void) => {
      const journal = new SampleJournal(shape).created().started();
      tell(journal);
      const reason = "nothing came over link0";
      journal.add({ type: "activation.skipped", run: 0, node: journal.node("a.y"), n: 1, port: "value", reason });
      return summarize(shape, journal.add({ type: "run.completed", run: 0 }).events).warnings;
    };
    const at = { run: 0, node: 0, n: 1 };
    expect(
      warnings((journal) => journal.add({ type: "activation.skipped", ...at, port: "x", reason: "x is absent" })),
    ).toEqual([]);
    expect(warnings((journal) => journal.attempt("a").succeeded("a", [0]))).toEqual([
      { code: "W_OUTPUT_ABSENT", message: "Output a.y has no value: nothing came over link0" },
    ]);
  });

  it("warned of twice, as by two processes: named once; and an executor that stands in is named first", () => {
    const shape = { ...samplePlan({ steps: { a: {} }, links: [] }), standIns: ["X is not there: Y runs them"] };
    const journal = new SampleJournal(shape).created().started();
    const warning = { type: "warning.raised", run: 0, code: "W_STEP" } as const;
    for (const message of ["a: slow", "a: slow", "a: late"]) journal.add({ ...warning, message });
    expect(summarize(shape, journal.events).warnings).toEqual([
      { code: "W_EXECUTOR", message: "X is not there: Y runs them" },
      { code: "W_STEP", message: "a: slow" },
      { code: "W_STEP", message: "a: late" },
    ]);
  });

  it("tolerated item: listed as tolerated while the step succeeds", () => {
    const mapped = samplePlan({
      units: ["x"],
      steps: { m: { forEach: { over: "x", as: "one" } } },
      links: ["x -> m.x"],
    });
    const journal = new SampleJournal(mapped).created().started().unit("x", [1]);
    const activation = { run: 0, node: journal.node("m"), n: 1 };
    journal
      .add({ type: "activation.started", ...activation })
      .add({ type: "activation.measured", ...activation, count: 1 });
    journal
      .attempt("m")
      .failed("m", sampleFailure())
      .add({ type: "item.failed", ...journal.cell("m"), failure: sampleFailure() });
    journal.add({ type: "activation.gathered", ...activation, out: {}, links: [] });
    const tolerated = summarize(mapped, journal.events);
    expect(tolerated.failures).toEqual([{ step: "m[0]", failure: sampleFailure(), handling: "tolerated" }]);
    expect(tolerated.steps["m"]).toMatchObject({ status: "succeeded", items: [{ status: "failed" }] });
  });
});
