import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";

function mapped(step: Partial<StepSpec>, each: Partial<NonNullable<StepSpec["forEach"]>> = {}): WorkflowSpec {
  return {
    inputs: { in: { optional: true } },
    steps: { m: { ...step, forEach: { over: "items", ...each } } },
    outputs: { xs: { optional: true }, errors: { optional: true } },
    links: ["in -> m.items", "m.x -> xs", "m.error -> errors"],
  };
}

const begin = (spec: WorkflowSpec, items: Json) => new SteeredRun([spec]).begin({ in: items });

/** Items whose last digit is below 5 always fail. */
const picky: Partial<StepSpec> = { config: { badItems: 5 } };

describe("for_each", () => {
  it("concurrency: as many items at once, outputs in the order of the items whatever ends first", () => {
    const run = begin(mapped({}, { concurrency: 2 }), [1, 2, 3, 4]);
    expect(run.underWay).toEqual(["m[0]", "m[1]"]);
    expect(run.end("m[1]").underWay).toEqual(["m[0]", "m[2]"]);
    run.end("m[2]", "m[3]", "m[0]");
    const inOrder = begin(mapped({}, { concurrency: 1 }), [1, 2, 3, 4]).finish();
    expect(run.host.outputs).toEqual(inOrder.host.outputs);
    expect(run.host.outputs["xs"]).toHaveLength(4);
  });

  it("empty: empty lists, nothing runs", () => {
    const run = begin(mapped({}), []).finish();
    expect([run.host.outputs, run.steps, run.faults]).toEqual([{ xs: [] }, ["m succeeded"], []]);
  });

  it("absent: skipped; optional and absent: empty", () => {
    expect(new SteeredRun([mapped({})]).begin().finish().steps).toEqual(["m skipped"]);
    const optional = mapped({ ports: { items: { optional: true } } });
    expect(new SteeredRun([optional]).begin().finish().steps).toEqual(["m succeeded"]);
  });

  it.each([7, "text", null, { a: 1 }])("%j instead of a list: a data validation failure, never retried", (value) => {
    const run = begin(mapped({ handling: "retry" }), value).finish();
    expect(run.host.status).toBe("failed");
    const failure = run.host.journal.find((event) => event.type === "activation.failed")?.failure;
    expect([failure?.code, failure?.kind]).toEqual(["E_NOT_A_LIST", "data_validation"]);
    expect(run.resume().host.status).toBe("failed");
  });

  it("tolerated failures: their places are null, error names them", () => {
    const run = begin(mapped(picky, { maxFailures: 2, concurrency: 4 }), [7, 1, 8, 2]).finish();
    expect(run.host.status).toBe("completed");
    expect(run.host.outputs).toEqual({
      xs: [expect.any(Number), null, expect.any(Number), null],
      errors: [
        { index: 1, failure: "failure" },
        { index: 3, failure: "failure" },
      ],
    });
  });

  it("one failure too many: running items finish, no other starts, the step fails", () => {
    const spec = mapped({ ...picky, handling: "continue" }, { concurrency: 2, maxFailures: 0 });
    const run = begin(spec, [1, 7, 8, 9]).end("m[0]");
    expect(run.underWay).toEqual(["m[1]"]);
    run.end("m[1]").finish();
    expect([run.steps, run.story.filter((line) => line.startsWith("start"))]).toEqual([
      ["m failed"],
      ["start m[0]", "start m[1]"],
    ]);
    expect(run.host.outputs).toEqual({ errors: [{ index: 0, failure: "failure" }] });
  });

  it("one failure too many while another item waits for its retry: that one is not tried again", () => {
    const spec = mapped({ handling: "retry", maxRetries: 1 }, { concurrency: 2 });
    const run = begin({ ...spec, steps: { m: { ...spec.steps["m"], config: { fails: 1, badItems: 5 } } } }, [7, 1]);
    run.end("m[1]").pass(2000).end("m[1]");
    expect(run.story.slice(-1)).toEqual(["give up m[1]"]);
    run.end("m[0]").finish();
    expect(run.storyOf("m[0]")).toEqual(["start", "fail step", "give up"]);
    expect(run.host.status).toBe("failed");
  });

  it("retries: each item has its own budget", () => {
    const run = begin(
      mapped({ handling: "retry", maxRetries: 2, config: { fails: 2 } }, { concurrency: 3 }),
      [1, 2, 3],
    );
    run.finish();
    for (const item of ["m[0]", "m[1]", "m[2]"])
      expect(run.storyOf(item).filter((line) => line.startsWith("start"))).toHaveLength(3);
    expect(run.host.status).toBe("completed");
  });

  it("resumed: only failed items and those never started run", () => {
    const run = begin(mapped({ config: { fails: 0 } }, { concurrency: 1 }), [1, 2, 3]).end("m[0]");
    run.fail("m[1]", { kind: "step", code: "E_STEP", message: "test" });
    expect(run.host.status).toBe("failed");
    run.resume().finish();
    expect(run.host.status).toBe("completed");
    const counts = ["m[0]", "m[1]", "m[2]"].map((item) => run.storyOf(item).filter((line) => line === "ok").length);
    expect(counts).toEqual([1, 1, 1]);
    expect(run.storyOf("m[0]")).toEqual(["start", "ok"]);
  });

  it("fallback: by item", () => {
    const run = begin(mapped({ ...picky, fallback: {} }, { concurrency: 2 }), [1, 7]).finish();
    expect(run.storyOf("m[0]")).toContain("start fallback 2");
    expect(run.storyOf("m[1]")).toEqual(["start", "ok"]);
    expect(run.host.status).toBe("completed");
  });

  it("under sequential: one activation at a time, its items together", () => {
    const spec: WorkflowSpec = {
      ...mapped({}, { concurrency: 3 }),
      strategy: "sequential",
      steps: { m: { forEach: { over: "items", concurrency: 3 } }, next: {} },
    };
    const run = begin(spec, [1, 2, 3]);
    expect(run.underWay).toEqual(["m[0]", "m[1]", "m[2]"]);
    expect(run.end("m[0]", "m[1]", "m[2]").underWay).toEqual(["next"]);
    expect(run.faults).toEqual([]);
  });

  it("nested: one child run per item, each with its own steps; killed between, each goes on", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: { m: { workflow: "inner", forEach: { over: "items", concurrency: 2 } } },
      outputs: { xs: {} },
      links: ["in -> m.items", "m.x -> xs"],
    };
    const inner: WorkflowSpec = {
      name: "inner",
      inputs: { item: {} },
      steps: { p: {}, q: {} },
      outputs: { x: {} },
      links: ["item -> p.in", "p.x -> q.in", "q.x -> x"],
    };
    const whole = new SteeredRun([spec, inner]).begin({ in: [1, 2, 3] }).finish();
    const run = new SteeredRun([spec, inner]).begin({ in: [1, 2, 3] });
    expect(run.underWay).toEqual(["m[0]/p", "m[1]/p"]);
    run.end("m[0]/p").restart();
    expect(run.underWay).toEqual(["m[0]/q", "m[1]/p"]);
    run.end("m[0]/q");
    expect(run.underWay).toEqual(["m[1]/p", "m[2]/p"]);
    run.restart().finish();
    expect([run.host.outputs, run.faults]).toEqual([whole.host.outputs, []]);
    expect(run.story.filter((line) => line.startsWith("child"))).toEqual(["child m[0]", "child m[1]", "child m[2]"]);
  });
});
