import { expect, it } from "vitest";
import { SteeredRun } from "../testing/steered-run.js";

const producer = {
  steps: { p: { config: { emits: { x: 4 } } }, c: { ports: { row: {} } }, b: { config: { fails: 1 } } },
  outputs: { all: { merge: "collect" as const } },
  links: ["c.y -> all"],
  queues: { rows: { link: "p.x => c.row", capacity: 1 } },
};

it("rollback: an attempt that a full queue holds back is not waited for, and begins again", () => {
  const run = new SteeredRun([{ ...producer, handling: "rollback" }]).begin().emit("p", "p", "p");
  expect(run.held).toEqual(["p"]);
  run.end("b").end("c");
  expect(run.story).toContain("rolledback");
  run.finish();
  expect([run.host.status, run.startsOf("p"), run.faults]).toEqual(["completed", 2, []]);
  expect(run.host.outputs["all"]).toHaveLength(4);
});

it("stop: resumed, what was held back goes on one after the other under sequential", () => {
  const steps = { ...producer.steps, c: { ports: { row: {} }, config: { fails: 1 } } };
  const run = new SteeredRun([{ ...producer, steps, strategy: "sequential", handling: "stop" }]).begin();
  while (run.host.move() && !run.host.tree.ended);
  for (let resumes = 0; run.host.status === "failed" && resumes < 20; resumes++) run.resume().finish();
  expect([run.host.status, run.faults]).toEqual(["completed", []]);
  expect(run.story).toContain("resumed");
});

it("map: an item whose loop failed gives nothing, whatever its rounds gave", () => {
  const run = new SteeredRun([
    {
      steps: {
        a: {},
        b: {
          ports: { items: {} },
          forEach: { over: "items", maxFailures: 9 },
          repeat: { until: "x < 0.0", max: 2, onMax: "fail" },
        },
      },
      outputs: { out: {} },
      links: ["a.list -> b.items", "b.x -> out"],
    },
  ]);
  run.begin().finish();
  const gaveUp = run.story.filter((line) => line.startsWith("give up b")).length;
  expect(gaveUp).toBeGreaterThan(0);
  expect(run.host.outputs["out"]).toEqual(Array.from({ length: gaveUp }, () => null));
});
