import { describe, expect, it } from "vitest";
import type { ErrorHandlingName } from "../document/document.js";
import type { WorkflowSpec } from "../testing/plan-spec.js";
import { SteeredRun } from "../testing/steered-run.js";
import { isIdle } from "./quiescence.js";

const eventsOf = (run: SteeredRun, type: string) => run.host.journal.filter((event) => event.type === type);

const stuckOf = (run: SteeredRun) =>
  run.host.journal.flatMap((event) => (event.type === "link.closed" ? [...event.stuck] : []));

/** `h` runs in a circle while the gate holds; `exit` leaves it. */
const circle = (again: number, more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
  strategy: "event_driven",
  inputs: { seed: {} },
  steps: { h: { ports: { in: { merge: "each" } } }, behind: {} },
  links: ["seed -> h.in", `h.x -> h.in ? value < ${again}.0`, `h.x -> behind.in ? value < 0.0`],
  ...more,
});

describe("cycles", () => {
  it("a closed gate back into the cycle: the absence ends there, the head fires once", () => {
    const run = new SteeredRun([circle(0)]).begin({ seed: 1 }).finish();
    expect([run.host.status, run.faults, run.startsOf("h")]).toEqual(["completed", [], 1]);
    expect(run.storyOf("h")).not.toContain("skip");
  });

  it("an exit that is never taken: what follows gets one absence, at the end", () => {
    const run = new SteeredRun([circle(0)]).begin({ seed: 1 }).finish();
    expect(run.storyOf("behind")).toEqual(["skip"]);
    expect(stuckOf(run)).toEqual([]);
  });

  it("an exit never taken beside a value that waits for it: used up, with the link named", () => {
    const links = [
      "seed -> h.in",
      "h.x -> h.in ? value < 0.0",
      "h.x -> behind.in ? value < 0.0",
      "seed -> behind.other",
    ];
    const run = new SteeredRun([circle(0, { links })]).begin({ seed: 1 }).finish();
    expect([run.host.status, run.faults, run.storyOf("behind"), stuckOf(run)]).toEqual([
      "completed",
      [],
      ["skip"],
      [2],
    ]);
  });

  it("an exit that is taken after some rounds: no absence of the rounds before has overtaken it", () => {
    const links = ["seed -> h.in", "h.x -> h.in ? value < 1000.0", "h.x -> behind.in ? value < 600.0"];
    const steps = { h: { ports: { in: { merge: "each" } }, maxActivations: 40 }, behind: {} } as const;
    const run = new SteeredRun([circle(1000, { links, steps, handling: "continue" })]).begin({ seed: 1 }).finish();
    expect(run.storyOf("behind")).not.toContain("skip");
  });

  it.each<ErrorHandlingName>(["continue", "stop", "retry"])("max_activations under %s: the run stops", (handling) => {
    const steps = { h: { ports: { in: { merge: "each" } }, maxActivations: 3 }, behind: {} } as const;
    const run = new SteeredRun([circle(1000, { steps, handling })]).begin({ seed: 1 }).finish();
    expect([run.host.status, run.startsOf("h")]).toEqual(["failed", 3]);
    const cause = run.host.journal.find((event) => event.type === "run.failed")?.cause;
    expect(cause).toMatchObject({ code: "E_MAX_ACTIVATIONS", details: { step: "h", max: 3 } });
  });
});

describe("leftover tokens", () => {
  it("three beside one: the missing neighbours are absent until all are used up, each named", () => {
    const spec: WorkflowSpec = {
      steps: { s: { config: { emits: { x: 3 } } }, t: {}, j: {} },
      links: ["s.x -> j.a", "t.y -> j.b"],
    };
    const run = new SteeredRun([spec]).begin().finish();
    expect([run.host.status, run.faults, run.startsOf("j"), stuckOf(run)]).toEqual(["completed", [], 1, [1, 1]]);
    expect(run.storyOf("j").filter((line) => line === "skip")).toHaveLength(2);
  });

  it("beside an optional port: they run without it", () => {
    const spec: WorkflowSpec = {
      steps: { s: { config: { emits: { x: 3 } } }, t: {}, j: { ports: { b: { optional: true } } } },
      links: ["s.x -> j.a", "t.y -> j.b"],
    };
    expect(new SteeredRun([spec]).begin().finish().startsOf("j")).toBe(3);
  });

  it("upstream first: what a closing sets free is not closed as well", () => {
    const steps = { h: { ports: { in: { merge: "each" } } }, a: { ports: { in: { optional: true } } }, b: {} } as const;
    const links = ["seed -> h.in", "h.x -> h.in ? value < 0.0", "h.x -> a.in ? value < 0.0", "a.x -> b.in"];
    const run = new SteeredRun([circle(0, { steps, links })]).begin({ seed: 1 }).finish();
    expect([run.startsOf("a"), run.startsOf("b"), run.storyOf("b").includes("skip")]).toEqual([1, 1, false]);
    expect(eventsOf(run, "link.closed")).toHaveLength(1);
  });

  it("a workflow of single firings: nothing is closed, no event more than before", () => {
    const spec: WorkflowSpec = { steps: { a: {}, b: {} }, links: ["a.x -> b.in"] };
    const types = new SteeredRun([spec])
      .begin()
      .finish()
      .host.journal.map((event) => event.type);
    expect(types.slice(2)).toEqual([
      ...["attempt.started", "attempt.succeeded", "attempt.started", "attempt.succeeded"],
      "run.completed",
    ]);
  });
});

describe("collect", () => {
  const spec: WorkflowSpec = {
    strategy: "event_driven",
    steps: { s: { config: { emits: { x: 3 } } }, t: { config: { emits: { y: 2 } } } },
    outputs: { out: { merge: "collect" } },
    links: ["s.x -> out", "t.y -> out"],
  };

  it("all values that ever came, by link, then in order, whatever the time", () => {
    const first = new SteeredRun([spec]).begin().emit("s", "t", "s", "t", "s").end("s", "t");
    const second = new SteeredRun([spec]).begin().emit("t", "t").end("t").emit("s", "s", "s").end("s");
    expect([first.host.status, first.host.outputs["out"]]).toEqual(["completed", second.host.outputs["out"]]);
    expect(first.host.outputs["out"]).toHaveLength(5);
    expect(eventsOf(first, "unit.collected")).toHaveLength(1);
  });

  it("nothing came: the output is left out", () => {
    const steps = {
      s: { handling: "continue", config: { fails: -1 } },
      t: { handling: "continue", config: { fails: -1 } },
    } as const;
    const run = new SteeredRun([{ ...spec, steps }]).begin().finish();
    expect([run.host.status, run.host.outputs, run.faults]).toEqual(["completed", {}, []]);
  });
});

describe("the end", () => {
  const approval = (more: Partial<WorkflowSpec> = {}): WorkflowSpec => ({
    strategy: "event_driven",
    steps: { a: {}, ok: {} },
    triggers: { go: { kind: "manual", targets: ["ok"] } },
    links: ["a.x -> ok.in"],
    ...more,
  });

  it("a manual trigger whose step never fired: the run waits, and goes on when it fires", () => {
    const run = new SteeredRun([approval()]).begin().end("a");
    const root = run.host.tree.runs[0];
    expect([run.host.status, root && isIdle(run.host.tree, root)]).toEqual(["running", true]);
    run.act({ fire: "go" });
    expect(run.underWay).toEqual(["ok"]);
    expect(run.finish().host.status).toBe("completed");
  });

  it("run.finished instead: triggers close, the step that never fired is skipped, a firing comes too late", () => {
    const run = new SteeredRun([approval()]).begin().end("a").act({ finish: true });
    expect([run.host.status, run.steps, run.faults]).toEqual(["completed", ["a succeeded", "ok skipped"], []]);
    expect(run.host.act({ fire: "go" })).toBe(false);
  });

  it("run.finished while steps run: they end first", () => {
    const run = new SteeredRun([approval()]).begin().act({ finish: true });
    expect([run.host.status, run.underWay]).toEqual(["running", ["a"]]);
    expect(run.end("a").host.status).toBe("completed");
  });

  it("triggers close once, before anything else is closed", () => {
    const spec = approval({ triggers: { go: { kind: "data_updated", watch: ["b.x"], targets: ["ok"] } } });
    const steps = { a: {}, b: { handling: "continue", config: { fails: -1 } }, ok: {} } as const;
    const run = new SteeredRun([{ ...spec, steps }]).begin().finish();
    expect([run.host.status, run.steps]).toEqual(["completed", ["a succeeded", "b failed", "ok skipped"]]);
    expect(eventsOf(run, "run.closing")).toHaveLength(1);
  });

  it("completion manual: waits when nothing is left to do, until somebody asks for the end", () => {
    const run = new SteeredRun([{ completion: "manual", steps: { a: {} }, links: [] }]).begin().end("a");
    expect([run.host.status, run.underWay]).toEqual(["running", []]);
    expect(run.act({ finish: true }).host.status).toBe("completed");
    expect(run.host.act({ finish: true })).toBe(false);
  });

  it("completion outputs: nothing new starts once all are there; what runs ends first", () => {
    const spec: WorkflowSpec = {
      completion: "outputs",
      steps: { a: {}, slow: {}, next: {} },
      outputs: { out: {} },
      links: ["a.x -> out", "slow.x -> next.in"],
    };
    const run = new SteeredRun([spec]).begin().end("a");
    expect([run.host.status, run.underWay]).toEqual(["running", ["slow"]]);
    run.end("slow");
    expect([run.host.status, run.underWay, run.startsOf("next")]).toEqual(["completed", [], 0]);
    expect([run.host.tree.errands.size, run.host.tree.timers.length]).toEqual([0, 0]);
  });

  it("completion outputs, with a retry to come: does not wait for it", () => {
    const spec: WorkflowSpec = {
      completion: "outputs",
      steps: { a: {}, b: { handling: "retry", config: { fails: 1 } } },
      outputs: { out: {} },
      links: ["a.x -> out"],
    };
    const run = new SteeredRun([spec]).begin().end("b", "a");
    expect([run.host.status, run.host.tree.timers]).toEqual(["completed", []]);
  });

  it("a child run that waits for its manual trigger: keeps its parent open", () => {
    const child: WorkflowSpec = { ...approval(), name: "child" };
    const run = new SteeredRun([{ steps: { outer: { workflow: "child" } }, links: [] }, child]).begin().end("outer/a");
    expect([run.host.status, run.underWay]).toEqual(["running", []]);
    expect(run.act({ finish: true }).host.status).toBe("completed");
  });
});
