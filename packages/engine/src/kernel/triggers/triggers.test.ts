import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import { TriggerBench } from "../../testing/trigger-bench.js";
import { isPending } from "./trigger-decisions.js";
import { snapshotTriggers } from "./trigger-state.js";

describe("data_updated", () => {
  it("any: each new value is a firing, from the first setting on", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a", "b"], targets: ["s"] } });
    bench.set({ a: 1 }).set({ b: 2 }).set({ a: 3 });
    expect([bench.take(), bench.take(), bench.take(), bench.take()]).toEqual([
      { a: 1 },
      { a: 1, b: 2 },
      { a: 3, b: 2 },
      undefined,
    ]);
  });

  it("any: units that one event sets are one update", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a", "b"], targets: ["s"] } });
    bench.set({ a: 1, b: 2 });
    expect([bench.take(), bench.take()]).toEqual([{ a: 1, b: 2 }, undefined]);
  });

  it("all: fires when each has a new value, then begins anew", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a", "b"], mode: "all", targets: ["s"] } });
    bench.set({ a: 1 }).set({ a: 2 });
    expect([bench.log, bench.status("t")]).toEqual([[], "evaluating"]);
    bench.set({ b: 3 }).set({ b: 4 });
    expect(bench.log).toEqual(["t data_updated"]);
    bench.set({ a: 5 });
    expect([bench.take(), bench.take()]).toEqual([
      { a: 2, b: 3 },
      { a: 5, b: 4 },
    ]);
  });

  it("debounce: fires once when nothing came for that long, with the latest value", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a"], debounceMs: 50, targets: ["s"] } });
    bench.set({ a: 1 }).pass(40).set({ a: 2 }).pass(49);
    expect([bench.log, bench.due, isPending(bench.run)]).toEqual([[], bench.now + 1, true]);
    bench.pass(1);
    expect([bench.log, bench.take()]).toEqual([["t data_updated"], { a: 2 }]);
    expect([bench.due, isPending(bench.run)]).toEqual([Number.POSITIVE_INFINITY, false]);
  });

  it("coalesce: firings that wait for their step become the latest, in their place", () => {
    const watch = { kind: "data_updated" as const, targets: ["s"] };
    const bench = new TriggerBench({ t: { ...watch, watch: ["a"], coalesce: true }, u: { ...watch, watch: ["b"] } });
    bench.set({ a: 1 }).set({ b: 7 }).set({ a: 2 }).set({ a: 3 });
    expect([bench.take(), bench.take(), bench.take()]).toEqual([{ a: 3 }, { b: 7 }, undefined]);
  });

  it("while nothing is decided, values wait as firings of their moment", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a"], targets: ["s"] } });
    bench.paused = true;
    bench.set({ a: 1 }).set({ a: 2 });
    expect([bench.take(), bench.status("t"), isPending(bench.run)]).toEqual([undefined, "activating", true]);
    bench.paused = false;
    bench.settle();
    expect([bench.take(), bench.take()]).toEqual([{ a: 1 }, { a: 2 }]);
  });
});

describe("manual and folder", () => {
  it("a payload goes to the port that the target names", () => {
    const bench = new TriggerBench({ t: { kind: "manual", targets: ["s.in"] } });
    expect(bench.fire("t", { x: 1 })).toBe(true);
    expect([bench.status("t"), bench.take(), bench.status("t")]).toEqual(["executing", { in: { x: 1 } }, "executing"]);
  });

  it("firings of several triggers wait in order of their arrival", () => {
    const bench = new TriggerBench({
      t: { kind: "manual", targets: ["s.in"] },
      u: { kind: "manual", targets: ["s.in"] },
    });
    for (const [name, payload] of [
      ["u", 1],
      ["t", 2],
      ["u", 3],
    ] as const)
      bench.fire(name, payload);
    expect([bench.take(), bench.take(), bench.take()]).toEqual([{ in: 1 }, { in: 2 }, { in: 3 }]);
  });

  it("a firing of a key that was seen is refused", () => {
    const bench = new TriggerBench({ t: { kind: "folder", targets: ["s.in"] } });
    expect([bench.fire("t", "a", "k"), bench.restart().fire("t", "a", "k"), bench.fire("t", "b", "l")]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("timer", () => {
  const timer = { kind: "timer" as const, targets: ["s"] };

  it("fires when it is due, then waits to be armed again", () => {
    const bench = new TriggerBench({ t: { ...timer, timer: { intervalMs: 10 } } }).arm("t", 1010);
    expect([bench.due, isPending(bench.run)]).toEqual([1010, false]);
    bench.pass(9).pass(3).pass(100);
    expect(bench.log).toEqual(["t armed", "t timer"]);
    expect([bench.due, bench.state("t").lastDue]).toEqual([Number.POSITIVE_INFINITY, 1010]);
  });

  it.each([
    ["skip", 0],
    ["once", 1],
    ["all", 3],
  ] as const)("misfire %s: of three missed firings %d happen", (misfire, count) => {
    const bench = new TriggerBench({ t: { ...timer, timer: { intervalMs: 10, misfire } } });
    bench.arm("t", 1010).arm("t", 2010, 3);
    expect(bench.log.filter((line) => line === "t timer").length).toBe(count);
    expect(bench.due).toBe(2010);
  });

  it("count: no more than that many, the run waits for them, and arming it again changes nothing", () => {
    const bench = new TriggerBench({ t: { ...timer, timer: { intervalMs: 10, count: 2, misfire: "all" } } });
    expect(isPending(bench.run)).toBe(true);
    bench.arm("t", 1010, 1);
    expect(isPending(bench.run)).toBe(true);
    bench.pass(10).arm("t", 1020).pass(50);
    expect(bench.log.filter((line) => line === "t timer").length).toBe(2);
    expect([isPending(bench.run), bench.due]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it("a schedule with no further moment keeps nobody waiting", () => {
    const bench = new TriggerBench({ t: { ...timer, timer: { cron: "0 0 1 1 *", count: 2 } } }).arm("t", null);
    expect(isPending(bench.run)).toBe(false);
  });
});

describe("condition", () => {
  const condition = { kind: "condition" as const, condition: "x > 1", targets: ["s"] };

  it("fires when it becomes true, not while it stays so", () => {
    const bench = new TriggerBench({ t: condition });
    bench.judge("t", false).judge("t", true).judge("t", true).judge("t", false).judge("t", true);
    expect(bench.log.filter((line) => line === "t condition").length).toBe(2);
  });

  it("rearm: within the least time a firing waits, as long as it holds", () => {
    const bench = new TriggerBench({ t: { ...condition, rearmMs: 60 } }).judge("t", true);
    bench.judge("t", false).pass(10).judge("t", true).pass(10);
    expect([bench.due, bench.log.filter((line) => line === "t condition").length]).toEqual([1060, 1]);
    bench.judge("t", false).pass(100);
    expect(bench.log.filter((line) => line === "t condition").length).toBe(1);
    bench.judge("t", true).judge("t", false).pass(10).judge("t", true).pass(50);
    expect(bench.log.filter((line) => line === "t condition").length).toBe(3);
  });
});

describe("triggers of triggers", () => {
  const member = { kind: "manual" as const };

  it("any: fires with each of its members, and passes their payload on", () => {
    const bench = new TriggerBench({
      m: member,
      o: member,
      t: { kind: "any", members: ["m", "o"], targets: ["s.in"] },
    });
    bench.fire("o", 1);
    bench.fire("m", 2);
    expect([bench.take(), bench.take()]).toEqual([{ in: 1 }, { in: 2 }]);
  });

  it("all: fires when each member has, with their payloads in order", () => {
    const bench = new TriggerBench({
      m: member,
      o: member,
      t: { kind: "all", members: ["m", "o"], targets: ["s.in"] },
    });
    bench.fire("o", 1);
    bench.fire("o", 2);
    expect([bench.take(), bench.status("t")]).toEqual([undefined, "evaluating"]);
    bench.fire("m");
    expect([bench.take(), bench.take()]).toEqual([{ in: [null, 2] }, undefined]);
  });

  it("all: a window forgets what lies further back", () => {
    const all = { kind: "all" as const, members: ["m", "o"], windowMs: 50, targets: ["s"] };
    const bench = new TriggerBench({ m: member, o: member, t: all });
    bench.fire("m");
    bench.pass(51).fire("o");
    expect(bench.take()).toBeUndefined();
    bench.pass(50).fire("m");
    expect(bench.take()).toEqual({});
  });
});

describe("a trigger that fails", () => {
  const network = failureOf("E_NETWORK", {});
  const failed = { type: "trigger.failed" as const, run: 0, trigger: 0, failure: network, jitter: 0.5 };

  it("is tried again with growing delays, then the error strategy decides", () => {
    const bench = new TriggerBench({ t: { kind: "folder" } }, { maxRetries: 2, retryDelayMs: 100 });
    bench.send(failed);
    expect([bench.status("t"), bench.state("t").retryDue, isPending(bench.run)]).toEqual(["retry", 1100, true]);
    bench.pass(100).send(failed);
    expect(bench.state("t").retryDue).toBe(1300);
    bench.pass(200).send(failed);
    expect(bench.log.at(-1)).toBe("t escalated");
    expect(bench.status("t")).toBe("error_handling");
  });

  it("continue: it is switched off, and nobody waits for it", () => {
    const bench = new TriggerBench({ t: { kind: "folder" } }, { maxRetries: 0, handling: "continue" }).send(failed);
    expect([bench.status("t"), isPending(bench.run), bench.fire("t")]).toEqual(["off", false, false]);
  });

  it("a failure that lasts is not tried again", () => {
    const bench = new TriggerBench({ t: { kind: "condition", condition: "x" } });
    bench.send({ ...failed, failure: failureOf("E_CONDITION", {}) });
    expect(bench.log).toEqual(["t failed", "t escalated"]);
  });

  it("a success in between renews its budget", () => {
    const bench = new TriggerBench({ t: { kind: "condition", condition: "x" } }, { maxRetries: 1 });
    bench.send(failed).pass(5000).judge("t", false).send(failed);
    expect([bench.log.at(-1), bench.status("t")]).toEqual(["t retried", "retry"]);
  });
});

describe("triggers and the run", () => {
  it("idle costs nothing: without anything to come, nothing is due", () => {
    const bench = new TriggerBench({ m: { kind: "manual" }, d: { kind: "data_updated", watch: ["a"] } });
    expect(bench.due).toBe(Number.POSITIVE_INFINITY);
    expect(bench.set({ a: 1 }).due).toBe(Number.POSITIVE_INFINITY);
  });

  it("of a workflow that is not event-driven only those that report progress are at work", () => {
    const triggers = { m: { kind: "manual" as const, targets: ["s"] } };
    expect(new TriggerBench(triggers, { strategy: "graph" }).run.triggers).toEqual([]);
    const bench = new TriggerBench({ ...triggers, p: { kind: "timer", progress: true } }, { strategy: "graph" });
    expect([bench.fire("m"), bench.fire("p")]).toEqual([false, true]);
  });

  it("a copy differs in nothing and shares nothing that changes", () => {
    const bench = new TriggerBench({ t: { kind: "data_updated", watch: ["a", "b"], mode: "all", targets: ["s"] } });
    bench.set({ a: 1, b: 1 }).set({ a: 2 });
    const before = snapshotTriggers(bench.run.triggers);
    const kept = [...bench.run.triggers];
    bench.restart();
    expect(snapshotTriggers(bench.run.triggers)).toEqual(before);
    bench.set({ b: 2 });
    bench.take();
    expect(snapshotTriggers(kept)).toEqual(before);
  });
});
