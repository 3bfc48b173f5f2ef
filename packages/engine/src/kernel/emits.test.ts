import { describe, expect, it } from "vitest";
import type { StrategyName } from "../document/document.js";
import { failureOf } from "../errors/failure-of.js";
import type { WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { snapshot } from "./snapshot.js";

const strategies: readonly StrategyName[] = ["sequential", "parallel", "graph", "event_driven"];

/** `p` emits `count` values on `x`, and gives `sum` at its end; `c` takes the values. */
const emitting = (count: number, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  steps: { p: { config: { emits: { x: count } } }, c: {}, after: {} },
  links: ["p.x -> c.in", "p.sum -> after.in"],
  ...more,
});

/** `p` emits five items into a queue with room for two. */
const queueing = (strategy: StrategyName, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  strategy,
  steps: { p: { config: { emits: { x: 5 } } }, c: {} },
  queues: { q: { link: "p.x => c.in", capacity: 2 } },
  links: [],
  ...more,
});

const typesOf = (run: SteeredRun, type: string) => run.host.journal.filter((event) => event.type === type);

describe("emits", () => {
  it.each(strategies)(
    "%s: three values fire the consumer three times, the port sends nothing more at the end",
    (strategy) => {
      const run = new SteeredRun([emitting(3, { strategy })]).begin().finish();
      expect([run.host.status, run.faults]).toEqual(["completed", []]);
      expect([run.startsOf("c"), run.startsOf("after")]).toEqual([3, 1]);
    },
  );

  it("event_driven: a consumer starts before its producer has ended", () => {
    const run = new SteeredRun([emitting(2, { strategy: "event_driven" })]).begin().emit("p");
    expect(run.underWay).toEqual(["c", "p"]);
  });

  it("a later attempt: what an earlier one sent is not sent again", () => {
    const retried = { p: { handling: "retry", config: { emits: { x: 4 }, fails: 1 } }, c: {} } as const;
    const run = new SteeredRun([{ steps: retried, links: ["p.x -> c.in"] }]).begin().finish();
    expect([run.host.status, run.startsOf("c")]).toEqual(["completed", 4]);
    const indexes = typesOf(run, "attempt.emitted").map((event) => "index" in event && event.index);
    expect(indexes).toEqual([0, 1, 2, 3]);
  });

  it("a crash after two of three: the third follows, the first two are not taken twice", () => {
    const run = new SteeredRun([emitting(3)]).begin().emit("p", "p").restart();
    expect(run.host.emit(run.flight("p"))).toBe(false);
    run.finish();
    expect([run.host.status, run.storyOf("c").filter((line) => line === "ok")]).toEqual([
      "completed",
      ["ok", "ok", "ok"],
    ]);
  });

  it("a value out of turn: E_INTERNAL instead of a lost one", () => {
    const run = new SteeredRun([emitting(3)]).begin();
    const { run: index, node, n, c, id } = run.flight("p");
    const at = { run: index, node, n, c, id };
    const late = { type: "attempt.emitted", ...at, port: "x", index: 1, value: { json: 1 }, links: [1, 0] } as const;
    expect(() => run.host.send(late)).toThrow(expect.objectContaining({ code: "E_INTERNAL" }));
  });

  it("a failure under continue: what was sent stands, the port sends no absence behind it", () => {
    const failing = { p: { handling: "continue", config: { emits: { x: 4 }, fails: -1 } }, c: {} } as const;
    const run = new SteeredRun([{ steps: failing, links: ["p.x -> c.in"] }]).begin().finish();
    expect([run.host.status, run.startsOf("c"), run.storyOf("c").includes("skip")]).toEqual(["completed", 2, false]);
  });
});

describe("emits of overlapping activations", () => {
  /** `s` feeds `p` twice; both activations run at once and emit. */
  const overlapping = (count: number): WorkflowSpec => ({
    strategy: "event_driven",
    steps: { s: { config: { emits: { x: 2 } } }, p: { concurrency: 2, config: { emits: { y: count } } }, c: {} },
    links: ["s.x -> p.in", "p.y -> c.in"],
  });

  it("those of the second leave after the first has ended", () => {
    const run = new SteeredRun([overlapping(2)]).begin().emit("s", "s").end("s");
    run.host.emit(run.flight("p#2"));
    expect(run.look().startsOf("c")).toBe(0);
    run.host.emit(run.flight("p#1"));
    expect(run.look().startsOf("c")).toBe(1);
    run.host.end(run.flight("p#1").id);
    expect(run.look().end("c").startsOf("c")).toBe(2);
    expect(run.finish().faults).toEqual([]);
  });

  it("more than 64 that wait for their turn hold their attempt, until it is the oldest", () => {
    const run = new SteeredRun([overlapping(70)]).begin().emit("s", "s").end("s");
    const second = run.flight("p#2");
    for (let sent = 0; sent < 64; sent++) run.host.emit(second);
    expect(run.held).toEqual([]);
    run.host.emit(second);
    expect(run.held).toEqual(["p"]);
    run.host.end(run.flight("p#1").id);
    expect(run.look().held).toEqual([]);
    expect(run.finish().host.status).toBe("completed");
  });
});

describe("a full queue", () => {
  it.each(strategies)("%s: the held producer takes no turn, every item is taken", (strategy) => {
    const run = new SteeredRun([queueing(strategy)]).begin().finish();
    expect([run.host.status, run.faults, run.startsOf("c")]).toEqual(["completed", [], 5]);
  });

  it("sequential: the producer goes on when the consumer's turn is over, never beside it", () => {
    const run = new SteeredRun([queueing("sequential")]).begin().emit("p", "p", "p");
    expect([run.held, run.underWay]).toEqual([["p"], ["c", "p"]]);
    expect(run.end("c").held).toEqual([]);
    expect(run.underWay).toEqual(["p"]);
  });

  it("one that can never drain: it grows, with what waits in it as the measure", () => {
    const spec = queueing("graph", { links: ["p.sum -> c.sum"] });
    const run = new SteeredRun([{ ...spec, steps: { ...spec.steps, c: { ports: { sum: { hold: true } } } } }]);
    run.begin().finish();
    expect([run.host.status, run.faults, run.startsOf("c")]).toEqual(["completed", [], 5]);
    expect(typesOf(run, "queue.grown").length).toBeGreaterThan(0);
  });

  it("a pause: the held attempt keeps nothing from coming to rest, and goes on afterwards", () => {
    const run = new SteeredRun([queueing("graph")]).begin().emit("p", "p", "p", "p");
    expect(run.held).toEqual(["p"]);
    run.pause().end("c");
    expect(run.underWay).toEqual(["p"]);
    expect(run.unpause().finish().host.status).toBe("completed");
  });

  it("a stop: the run fails without waiting for it; resumed, it starts again and no item is doubled", () => {
    const spec = queueing("graph");
    const steps = { ...spec.steps, bad: { handling: "stop", config: { fails: 1 } } } as const;
    const run = new SteeredRun([{ ...spec, steps }]).begin().emit("p", "p", "p", "p");
    run.host.end(run.flight("bad").id);
    expect(run.held).toEqual(["p"]);
    run.end("c");
    expect([run.host.status, run.held]).toEqual(["failed", []]);
    run.resume().finish();
    expect([run.host.status, run.startsOf("c"), run.startsOf("p")]).toEqual(["completed", 5, 2]);
  });

  it("a cancel: the held attempt is aborted before the run ends", () => {
    const run = new SteeredRun([queueing("graph")]).begin().emit("p", "p", "p", "p").end("c");
    run.host.send({ type: "run.cancelled", by: "test", reason: "test" });
    expect(run.host.status).toBe("running");
    for (const path of run.underWay) run.fail(path, failureOf("E_CANCELLED", { reason: "test" }));
    expect(run.host.status).toBe("cancelled");
  });

  it("folded again at any point: the same state, held attempts among it", () => {
    const run = new SteeredRun([queueing("graph")]).begin().emit("p", "p", "p", "p");
    const again = new SteeredRun([queueing("graph")]);
    again.host.fold(run.host.journal);
    expect(snapshot(again.host.tree)).toEqual(snapshot(run.host.tree));
    expect(again.held).toEqual(["p"]);
  });
});
