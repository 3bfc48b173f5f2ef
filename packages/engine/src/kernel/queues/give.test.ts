import { describe, expect, it } from "vitest";
import { failureOf } from "../../errors/failure-of.js";
import { QueueBench, workflowWithQueue } from "../../testing/queue-bench.js";
import { shapesOf } from "./queue-shape.js";

describe("queue", () => {
  it("one target: items in order, one at a time", () => {
    const bench = new QueueBench(workflowWithQueue({}, 1)).one(1).one(2).list([3, 4]);
    expect(bench.tokens).toEqual([{ json: 1 }]);
    expect(bench.drain().log).toEqual(["t0 1", "t0 2", "t0 3", "t0 4"]);
  });

  it("round_robin: the item's number chooses its target, however fast that is", () => {
    const bench = new QueueBench(workflowWithQueue({}, 2)).list([0, 1, 2, 3]);
    bench.begin(0).end(0).begin(0).end(0);
    expect(bench.log).toEqual(["t0 0", "t0 2"]);
    expect(bench.drain().log).toEqual(["t0 0", "t0 2", "t1 1", "t1 3"]);
  });

  it("least_loaded: whoever is idle gets the next, the one given least first", () => {
    const bench = new QueueBench(workflowWithQueue({ balance: "least_loaded" }, 2)).list([0, 1, 2, 3, 4]);
    bench.begin(0).end(0).begin(0).end(0).begin(0);
    expect(bench.log).toEqual(["t0 0", "t0 2", "t0 3"]);
    expect(bench.drain().log.filter((line) => line.startsWith("t1"))).toEqual(["t1 1"]);
  });

  it("weighted: 3 to 1, spread evenly", () => {
    const workflow = workflowWithQueue({ balance: "weighted", weights: [3, 1] }, 2);
    expect([...(shapesOf(workflow).queues[0]?.pattern ?? [])]).toEqual([0, 0, 1, 0]);
  });

  it("weighted: a weight that is no whole number keeps its ratio", () => {
    const pattern = [
      ...(shapesOf(workflowWithQueue({ balance: "weighted", weights: [0.5, 1.5] }, 2)).queues[0]?.pattern ?? []),
    ];
    expect(pattern.filter((target) => target === 1).length).toBe(3 * pattern.filter((target) => target === 0).length);
  });

  it("adaptive: the target whose last activations were faster gets the item", () => {
    const bench = new QueueBench(workflowWithQueue({ balance: "adaptive" }, 2)).list([0, 1]);
    bench.begin(0).begin(1);
    bench.now = 10;
    bench.end(1);
    bench.now = 90;
    bench.end(0);
    bench.one(2).begin(1);
    expect(bench.log).toEqual(["t0 0", "t1 1", "t1 2"]);
  });

  it("an absence reaches every target behind the items before it", () => {
    for (const balance of ["round_robin", "least_loaded"] as const) {
      const log = new QueueBench(workflowWithQueue({ balance }, 2)).list([0, 1]).nothing().list([2]).drain().log;
      expect([...log].sort()).toEqual(["t0 0", "t0 2", "t0 absent", "t1 1", "t1 absent"]);
      expect(log.indexOf("t0 absent")).toBeLessThan(log.indexOf("t0 2"));
    }
  });

  it("an empty list is an absence", () => {
    expect(new QueueBench(workflowWithQueue({}, 2)).list([]).drain().log).toEqual(["t0 absent", "t1 absent"]);
  });

  it("an item that a schema refused goes to nobody and waits for nobody", () => {
    const failure = failureOf("E_VALUE_SCHEMA", {});
    const bench = new QueueBench(workflowWithQueue({}, 1)).list([1, 2, 3], { invalid: [[1, failure]] });
    expect(bench.queue.waiting).toBe(2);
    expect(bench.drain().log).toEqual(["t0 1", "t0 3"]);
  });

  it("key: an item waits for the target that has its key under way; others overtake it", () => {
    const bench = new QueueBench(workflowWithQueue({ balance: "least_loaded", key: "id" }, 2)).list([1, 2, 3], {
      keys: [7, 7, 8],
    });
    bench.begin(0).begin(1);
    expect(bench.log).toEqual(["t0 1", "t1 3"]);
    bench.end(1);
    expect(bench.tokens).toEqual(["none", "none"]);
    bench.end(0).begin(0);
    expect(bench.log).toEqual(["t0 1", "t1 3", "t0 2"]);
  });

  it("key: what waited behind a key goes where that key was, though another target is idle", () => {
    const bench = new QueueBench(workflowWithQueue({ balance: "least_loaded", key: "id" }, 2));
    bench
      .list([1, 2, 3], { keys: [8, 7, 7] })
      .begin(0)
      .begin(1)
      .end(0)
      .end(1);
    expect(bench.tokens).toEqual(["none", { json: 3 }]);
  });

  it("key: equal keys have one target under round_robin", () => {
    const log = new QueueBench(workflowWithQueue({ key: "id" }, 3))
      .list([1, 2, 3, 4], { keys: [5, 6, 5, 6] })
      .drain().log;
    expect([...log].sort()).toEqual(["t0 2", "t0 4", "t2 1", "t2 3"]);
  });
});
