import { describe, expect, it } from "vitest";
import type { Json } from "../contracts/json.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";

/** `s` emits `count` values to `p`, whose results go to `c`. */
const chain = (count: number, p: StepSpec = {}, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  strategy: "event_driven",
  steps: { s: { config: { emits: { x: count } } }, p, c: {} },
  links: ["s.x -> p.in", "p.y -> c.in"],
  ...more,
});

const inputsOf = (run: SteeredRun, path: string) => run.host.inputsOf(run.flight(path));

function emitAll(run: SteeredRun, count: number): SteeredRun {
  for (let sent = 0; sent < count; sent++) run.emit("s");
  return run.end("s");
}

describe("many firings", () => {
  it("concurrency 1: one activation at a time, in order of arrival", () => {
    const run = emitAll(new SteeredRun([chain(3)]).begin(), 3);
    const order: Json[] = [];
    for (let n = 1; n <= 3; n++) {
      expect(run.flight("p").n).toBe(n);
      order.push(inputsOf(run, "p")["in"] ?? null);
      run.end("p");
    }
    const sent = run.host.journal.flatMap((event) =>
      event.type === "attempt.emitted" && "json" in event.value ? [event.value.json] : [],
    );
    expect(order).toEqual(sent);
  });

  it("concurrency 2: two at once, never three", () => {
    const run = emitAll(new SteeredRun([chain(3, { concurrency: 2 })]).begin(), 3);
    expect(run.underWay).toEqual(["p", "p"]);
    expect(run.end("p").underWay).toEqual(["c", "p", "p"]);
  });

  it("overlap: the second ends first, its tokens leave after those of the first", () => {
    const run = emitAll(new SteeredRun([chain(2, { concurrency: 2 })]).begin(), 2);
    const [first, second] = [run.flight("p#1"), run.flight("p#2")];
    run.host.end(second.id);
    expect(run.look().underWay).toEqual(["p"]);
    run.host.end(first.id);
    run.look();
    const results = run.host.journal.flatMap((event) =>
      event.type === "attempt.succeeded" && event.node === first.node ? [{ n: event.n, y: event.out["y"] }] : [],
    );
    const y = results.find(({ n }) => n === 1)?.y;
    expect(y).toEqual({ json: inputsOf(run, "c")["in"] });
    expect(run.finish().faults).toEqual([]);
  });

  it("an activation that has ended but waits for its turn: a stop and a resume do not touch it", () => {
    const spec = chain(2, { concurrency: 2, handling: "stop" });
    const run = emitAll(new SteeredRun([spec]).begin(), 2);
    const [first, second] = [run.flight("p#1"), run.flight("p#2")];
    run.host.fail(first, { kind: "step", code: "E_STEP", message: "no" });
    run.host.end(second.id);
    expect(run.look().host.status).toBe("failed");
    run.resume().finish();
    expect([run.host.status, run.faults]).toEqual(["completed", []]);
    expect(
      run.host.journal.filter((event) => event.type === "attempt.started" && event.node === second.node),
    ).toHaveLength(3);
  });

  it("several links into a list: one token from each link, never two from one", () => {
    const spec: WorkflowSpec = {
      strategy: "event_driven",
      steps: { s: { config: { emits: { x: 2 } } }, t: {}, j: { ports: { p: { merge: "list" } } } },
      links: ["s.x -> j.p", "t.y -> j.p"],
    };
    const run = new SteeredRun([spec]).begin().emit("s", "s");
    expect(run.underWay).toEqual(["s", "t"]);
    expect(run.end("t").underWay).toEqual(["j", "s"]);
    expect(inputsOf(run, "j")["p"]).toHaveLength(2);
  });

  it("each: every arrival fires, over whichever link it comes", () => {
    const spec: WorkflowSpec = {
      strategy: "event_driven",
      steps: { a: {}, b: {}, j: { ports: { p: { merge: "each" } } } },
      links: ["a.x -> j.p", "b.x -> j.p"],
    };
    const run = new SteeredRun([spec]).begin().end("b");
    expect(run.underWay).toEqual(["a", "j"]);
    expect(run.finish().startsOf("j")).toBe(2);
  });

  it("depends_on: satisfied for good once the step has settled once", () => {
    const spec = chain(2, {}, { steps: { s: { config: { emits: { x: 2 } } }, p: {}, c: {}, late: { after: ["p"] } } });
    const run = emitAll(new SteeredRun([spec]).begin(), 2);
    expect(run.end("p").underWay).toEqual(["c", "late", "p"]);
    expect(run.finish().startsOf("late")).toBe(1);
  });

  it("an output that is fed often: keeps the last value", () => {
    const spec = chain(3, {}, { outputs: { out: {} }, links: ["s.x -> p.in", "p.y -> out", "s.sum -> c.in"] });
    const run = emitAll(new SteeredRun([spec]).begin(), 3).end("p", "p");
    const before = run.host.outputs["out"];
    run.end("p", "c");
    expect([run.host.status, before === run.host.outputs["out"]]).toEqual(["completed", false]);
  });
});

describe("held ports and units set from outside", () => {
  const holding: WorkflowSpec = {
    strategy: "event_driven",
    steps: { s: { config: { emits: { x: 3 } } }, topic: {}, p: { ports: { t: { hold: true } } } },
    links: ["s.x -> p.in", "topic.y -> p.t"],
  };

  it("hold: one value meets every token of the other port", () => {
    const run = emitAll(new SteeredRun([holding]).begin(), 3);
    expect(run.underWay).toEqual(["topic"]);
    const seen = new Set<Json>();
    run.end("topic");
    for (let n = 0; n < 3; n++) {
      seen.add(inputsOf(run, "p")["t"] ?? null);
      run.end("p");
    }
    expect([run.host.status, seen.size]).toEqual(["completed", 1]);
  });

  it("held ports only: fires once", () => {
    const spec: WorkflowSpec = {
      strategy: "event_driven",
      steps: { s: { config: { emits: { x: 3 } } }, p: { ports: { in: { hold: true } } } },
      links: ["s.x -> p.in"],
    };
    expect(
      emitAll(new SteeredRun([spec]).begin(), 3)
        .finish()
        .startsOf("p"),
    ).toBe(1);
  });

  it("a parameter that is set again: later activations get the new value", () => {
    const spec: WorkflowSpec = {
      strategy: "event_driven",
      parameters: { tone: { default: 1 } },
      steps: { s: { config: { emits: { x: 2 } } }, p: {} },
      links: ["s.x -> p.in", "tone -> p.tone"],
    };
    const run = new SteeredRun([spec]).begin().emit("s", "s");
    expect(inputsOf(run, "p")["tone"]).toBe(1);
    run.act({ set: "tone", value: 2 }).end("p");
    expect(inputsOf(run, "p")["tone"]).toBe(2);
    expect(run.finish().host.status).toBe("completed");
  });

  it("an input that is set twice at once: fires for each, in order", () => {
    const spec: WorkflowSpec = { strategy: "event_driven", inputs: { u: {} }, steps: { p: {} }, links: ["u -> p.in"] };
    const run = new SteeredRun([spec]).begin({ u: 1 });
    run.host.act({ set: "u", value: 2 });
    run.host.act({ set: "u", value: 3 });
    run.look();
    const seen = [1, 2, 3].map(() => {
      const value = inputsOf(run, "p")["in"];
      run.end("p");
      return value;
    });
    expect([seen, run.host.status]).toEqual([[1, 2, 3], "completed"]);
  });

  it("a unit that links feed, a step, an ended run: cannot be set", () => {
    const spec: WorkflowSpec = {
      inputs: { i: {} },
      units: { u: {} },
      steps: { p: {} },
      links: ["i -> u", "u -> p.in"],
    };
    const run = new SteeredRun([spec]).begin({ i: 1 });
    expect([run.host.act({ set: "u", value: 2 }), run.host.act({ set: "p", value: 2 })]).toEqual([false, false]);
    run.finish();
    expect(run.host.act({ set: "i", value: 2 })).toBe(false);
  });
});
