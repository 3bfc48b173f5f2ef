import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import type { PortSpec, StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";

/** Two gates into one port of `b`, or more; `in` is 7, so gates `< 5.0` are closed and `< 9.0` open. */
function gated(port: PortSpec, links: readonly string[], step: Partial<StepSpec> = {}): SteeredRun {
  const spec: WorkflowSpec = {
    inputs: { in: {} },
    steps: { b: { ...step, ports: { p: port } }, after: {} },
    outputs: { out: { optional: true } },
    links: [...links, "b.x -> after.in", "after.x -> out"],
  };
  return new SteeredRun([spec]).begin({ in: 7 });
}

function inputsOf(run: SteeredRun, path: string): { readonly [port: string]: Json } {
  return run.host.inputsOf(run.flight(path));
}

const closed = "in -> b.p ? value < 5.0";
const open = "in -> b.p ? value < 9.0";

describe("absence", () => {
  it("a closed gate: the step is skipped, and what follows too", () => {
    const run = gated({}, [closed]).finish();
    expect(run.steps).toEqual(["after skipped", "b skipped"]);
    expect([run.host.status, run.host.outputs, run.faults]).toEqual(["completed", {}, []]);
  });

  it("a default: stands in for what did not come", () => {
    expect(inputsOf(gated({ default: 3 }, [closed]), "b")).toEqual({ p: 3 });
  });

  it("an optional port: the step runs without it", () => {
    expect(inputsOf(gated({ optional: true }, [closed]), "b")).toEqual({});
  });

  it("when_absent fail: a data validation failure, never retried", () => {
    const run = gated({}, [closed], { whenAbsent: "fail", handling: "retry" });
    expect(run.host.status).toBe("failed");
    const failure = run.host.journal.find((event) => event.type === "activation.failed")?.failure;
    expect([failure?.code, failure?.kind]).toEqual(["E_INPUT_ABSENT", "data_validation"]);
  });

  it.each([null, 0, "", [], {}, false])("%j: a value, not an absence", (value) => {
    const spec: WorkflowSpec = { inputs: { in: {} }, steps: { b: {} }, links: ["in -> b.p"] };
    expect(inputsOf(new SteeredRun([spec]).begin({ in: value }), "b")).toEqual({ p: value });
  });

  it("a step whose ports are all fed by absence, one of them required: names that port and its link", () => {
    const run = gated({}, [closed]);
    const skipped = run.host.journal.find((event) => event.type === "activation.skipped");
    expect(skipped).toMatchObject({ port: "p", reason: "nothing came over link0" });
  });

  it("an each port of several links: names them all, as any of them may have brought the absence", () => {
    const spec: WorkflowSpec = {
      strategy: "event_driven",
      inputs: { in: {} },
      handling: "continue",
      maxRetries: 0,
      steps: { a: {}, b: { config: { fails: -1 } }, c: { ports: { p: { merge: "each" } } } },
      links: ["in -> a.p", "in -> b.p", "a.y -> c.p", "b.y -> c.p"],
    };
    const run = new SteeredRun([spec]).begin({ in: 1 }).finish();
    const skipped = run.host.journal.find((event) => event.type === "activation.skipped");
    expect(skipped).toMatchObject({ port: "p", reason: "nothing came over one of link2, link3" });
  });

  it("an input that nobody gave: skips what needs it, uses up every token", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: { b: {}, c: {} },
      outputs: { out: {} },
      links: ["in -> b.p", "b.x -> out"],
    };
    const run = new SteeredRun([spec]).begin().finish();
    expect([run.steps, run.faults, run.host.outputs]).toEqual([["b skipped", "c succeeded"], [], {}]);
  });
});

describe("several links into one port", () => {
  it("single, one value: the value, whichever link brings it", () => {
    expect(inputsOf(gated({}, [closed, open]), "b")).toEqual({ p: 7 });
    expect(inputsOf(gated({}, [open, closed]), "b")).toEqual({ p: 7 });
  });

  it("single, two values: a configuration failure that names both links, never retried", () => {
    const run = gated({}, [open, "in -> b.p"], { handling: "retry" });
    const failure = run.host.journal.find((event) => event.type === "activation.failed")?.failure;
    expect([failure?.code, failure?.kind]).toEqual(["E_TWO_VALUES", "configuration"]);
    expect(failure?.details).toMatchObject({ first: "link0", second: "link1" });
    expect(run.story.some((line) => line.startsWith("start b"))).toBe(false);
  });

  it("single, two values into a unit or an output: a failure of it, under the workflow's strategy", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      units: { u: {} },
      steps: { b: {} },
      outputs: { out: {} },
      links: ["in -> u", "in -> u", "u -> b.p", "in -> out", "in -> out"],
    };
    const stopped = new SteeredRun([spec]).begin({ in: 1 });
    expect(stopped.host.status).toBe("failed");
    const went = new SteeredRun([{ ...spec, handling: "continue" }]).begin({ in: 1 }).finish();
    expect([went.host.status, went.host.outputs, went.steps]).toEqual(["completed", {}, ["b skipped"]]);
  });

  const arrivals = (port: PortSpec, order: readonly string[]): Json => {
    const spec: WorkflowSpec = {
      steps: { a: {}, b: {}, c: {}, join: { ports: { p: port } } },
      links: ["a.x -> join.p", "b.x -> join.p", "c.maybe -> join.p | drop0"],
    };
    return inputsOf(new SteeredRun([spec]).begin().end(...order), "join")["p"] ?? null;
  };

  it("first: by the document, not by time, and only when every link has spoken", () => {
    const first = arrivals({ merge: "first" }, ["a", "b", "c"]);
    expect(first).not.toBeNull();
    expect(arrivals({ merge: "first" }, ["c", "b", "a"])).toEqual(first);
    const spec: WorkflowSpec = {
      steps: { a: {}, b: {}, join: { ports: { p: { merge: "first" } } } },
      links: ["a.x -> join.p", "b.x -> join.p"],
    };
    expect(new SteeredRun([spec]).begin().end("a").underWay).toEqual(["b"]);
  });

  it("list: by the document, absences left out; all absent is an absent port", () => {
    const list = arrivals({ merge: "list" }, ["a", "b", "c"]);
    expect(arrivals({ merge: "list" }, ["b", "c", "a"])).toEqual(list);
    expect(inputsOf(gated({ merge: "list" }, [closed, open, closed]), "b")).toEqual({ p: [7] });
    expect(gated({ merge: "list" }, [closed, closed]).finish().steps).toEqual(["after skipped", "b skipped"]);
  });

  it("a refusal among values: the target's failure, not a smaller list", () => {
    const run = gated({ merge: "list" }, [open, "in -> b.p ! value < 5.0"], { handling: "continue" }).finish();
    expect(run.steps).toEqual(["after skipped", "b failed"]);
  });
});

describe("refusals", () => {
  const refused = (step: Partial<StepSpec>): SteeredRun => gated({}, ["in -> b.p ! value < 5.0"], step).finish();

  it("the target fails, the source stands, the target's strategy decides", () => {
    expect(refused({ handling: "continue" }).steps).toEqual(["after skipped", "b failed"]);
    const stopped = refused({ handling: "stop" });
    expect(stopped.host.status).toBe("failed");
    expect(stopped.storyOf("b")).toEqual(["stop E_GATE_CLOSED"]);
  });

  it("a default or an optional port: does not hide a refusal", () => {
    const run = gated({ default: 3, optional: true }, ["in -> b.p ! value < 5.0"], { handling: "continue" }).finish();
    expect(run.steps).toEqual(["after skipped", "b failed"]);
  });

  it("a workflow output: the failure is the run's, under continue the output is left out", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: {},
      outputs: { out: {}, other: {} },
      links: ["in -> out ! value < 5.0", "in -> other"],
    };
    expect(new SteeredRun([spec]).begin({ in: 7 }).host.status).toBe("failed");
    const run = new SteeredRun([{ ...spec, handling: "continue" }]).begin({ in: 7 });
    expect([run.host.status, run.host.outputs]).toEqual(["completed", { other: 7 }]);
  });
});

describe("depends_on", () => {
  const spec = (first: StepSpec): WorkflowSpec => ({
    inputs: { in: { optional: true } },
    steps: { a: first, b: { after: ["a"] } },
    links: ["in -> a.p"],
  });

  it("order only: satisfied when the step succeeded, was skipped or failed and the run went on", () => {
    expect(new SteeredRun([spec({})]).begin({ in: 1 }).underWay).toEqual(["a"]);
    expect(new SteeredRun([spec({})]).begin({ in: 1 }).end("a").underWay).toEqual(["b"]);
    expect(new SteeredRun([spec({})]).begin().underWay).toEqual(["b"]);
    const failing: StepSpec = { handling: "continue", config: { fails: -1 } };
    expect(new SteeredRun([spec(failing)]).begin({ in: 1 }).end("a").underWay).toEqual(["b"]);
  });

  it("a step without inputs: fires once, when what it depends on has settled", () => {
    const run = new SteeredRun([spec({})]).begin({ in: 1 }).finish();
    expect(run.storyOf("b")).toEqual(["start", "ok"]);
  });

  it("two of them: waits for both", () => {
    const run = new SteeredRun([{ steps: { a: {}, b: {}, c: { after: ["a", "b"] } }, links: [] }]).begin();
    expect(run.end("b").underWay).toEqual(["a"]);
    expect(run.end("a").underWay).toEqual(["c"]);
  });
});

describe("the error port", () => {
  const outcome = (step: StepSpec, inner: readonly WorkflowSpec[] = [], inputs: { [unit: string]: Json } = {}) => {
    const spec: WorkflowSpec = {
      inputs: { in: { optional: true } },
      steps: { a: step, mend: {} },
      links: ["in -> a.p ! value < 5.0", "a.error -> mend.error"],
    };
    return new SteeredRun([spec, ...inner]).begin(inputs).finish().steps;
  };
  const failing: StepSpec = { config: { fails: -1 } };

  it("success, and any strategy but continue: absence", () => {
    expect(outcome({}, [], { in: 1 })).toEqual(["a succeeded", "mend skipped"]);
    expect(outcome({ ...failing, handling: "stop" }, [], { in: 1 })).toEqual([]);
  });

  it.each<[string, StepSpec, readonly WorkflowSpec[], Json]>([
    ["an attempt that fails", failing, [], 1],
    ["refused inputs", {}, [], 7],
    ["a nested workflow that fails", { workflow: "inner" }, [{ name: "inner", steps: { x: failing }, links: [] }], 1],
    ["a collection that is no list", { forEach: { over: "p" } }, [], 1],
  ])("%s under continue: carries the failure", (_what, step, inner, value) => {
    const steps = outcome({ ...step, handling: "continue" }, inner, { in: value });
    expect(steps.filter((line) => !line.includes("/"))).toEqual(["a failed", "mend succeeded"]);
  });

  it("an absent input under continue and when_absent fail: carries the failure", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: { a: { whenAbsent: "fail", handling: "continue" }, mend: {} },
      links: ["in -> a.p", "a.error -> mend.error"],
    };
    expect(new SteeredRun([spec]).begin().finish().steps).toEqual(["a failed", "mend succeeded"]);
  });

  it("code that ends its process twice, under continue: carries the failure", () => {
    const spec: WorkflowSpec = {
      steps: { a: { module: true, handling: "continue" }, mend: {} },
      links: ["a.error -> mend.error"],
    };
    const run = new SteeredRun([spec]).begin().restart().restart().finish();
    expect([run.steps, run.faults]).toEqual([["a failed", "mend succeeded"], []]);
  });

  it("under sequential: nothing starts before the port has been looked at", () => {
    const spec: WorkflowSpec = {
      strategy: "sequential",
      steps: { a: { workflow: "inner", handling: "continue" }, b: {}, mend: {} },
      links: ["a.error -> mend.error"],
    };
    const run = new SteeredRun([spec, { name: "inner", steps: { x: failing }, links: [] }]).begin();
    run.host.end(run.flight("a/x").id);
    expect(run.underWay).toEqual([]);
    expect(run.finish().faults).toEqual([]);
  });
});
