import { describe, expect, it } from "vitest";
import type { ErrorHandlingName } from "../../document/document.js";
import { failureOf } from "../../errors/failure-of.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";

const chain: WorkflowSpec = {
  steps: { a: {}, b: {}, c: {}, sibling: {} },
  outputs: { end: { optional: true }, other: {} },
  links: ["a.x -> b.in", "b.x -> c.in", "c.x -> end", "sibling.x -> other"],
};

function withStep(spec: WorkflowSpec, name: string, change: StepSpec): WorkflowSpec {
  return { ...spec, steps: { ...spec.steps, [name]: { ...spec.steps[name], ...change } } };
}

type Place = {
  readonly specs: (failing: StepSpec, handling: ErrorHandlingName) => WorkflowSpec[];
  readonly path: string;
};

const inStep = (name: string): Place => ({
  specs: (failing, handling) => [{ ...withStep(chain, name, failing), handling }],
  path: name,
});

const places: { readonly [place: string]: Place } = {
  first: inStep("a"),
  middle: inStep("b"),
  last: inStep("c"),
  sibling: inStep("sibling"),
  "inside a child": {
    specs: (failing, handling) => [
      { ...withStep(chain, "b", { workflow: "inner" }), handling },
      {
        name: "inner",
        handling,
        steps: { p: failing, q: {} },
        outputs: { x: { optional: true } },
        links: ["p.x -> q.in", "q.x -> x"],
      },
    ],
    path: "b/p",
  },
  "inside a map": {
    specs: (failing, handling) => [
      {
        handling,
        inputs: { items: { default: [11] } },
        steps: { m: { ...failing, forEach: { over: "items" } }, after: {} },
        outputs: { end: { optional: true } },
        links: ["items -> m.items", "m.x -> after.in", "after.x -> end"],
      },
    ],
    path: "m[0]",
  },
};

/** Written down before the code: what becomes of each step when one fails for good. */
const expected: { readonly [cell: string]: readonly string[] } = {
  "continue first": ["a failed", "b skipped", "c skipped", "sibling succeeded"],
  "continue middle": ["a succeeded", "b failed", "c skipped", "sibling succeeded"],
  "continue last": ["a succeeded", "b succeeded", "c failed", "sibling succeeded"],
  "continue sibling": ["a succeeded", "b succeeded", "c succeeded", "sibling failed"],
  "continue inside a child": [
    "a succeeded",
    "b succeeded",
    "b/p failed",
    "b/q skipped",
    "c skipped",
    "sibling succeeded",
  ],
  "continue inside a map": ["after skipped", "m failed"],
  "stop first": ["sibling succeeded"],
  "stop middle": ["a succeeded", "sibling succeeded"],
  "stop last": ["a succeeded", "b succeeded", "sibling succeeded"],
  "stop sibling": ["a succeeded", "b succeeded"],
  "stop inside a child": ["a succeeded", "sibling succeeded"],
  "stop inside a map": [],
};

describe("error strategies", () => {
  const cells = Object.entries(places).flatMap(([place, at]) =>
    (["continue", "stop", "retry"] as const).map((handling) => ({ handling, place, at })),
  );

  it.each(cells)("$handling, failure $place: every step ends as written", ({ handling, place, at }) => {
    const specs = at.specs({ config: { fails: -1 } }, handling);
    const run = new SteeredRun(specs).begin();
    // Steps of the first group end before anything fails, so that the table has one answer.
    if (place !== "sibling" && run.underWay.includes("sibling")) run.end("sibling");
    if (place === "sibling") run.end("a", "sibling");
    run.finish();
    expect(run.faults).toEqual([]);
    expect(run.host.status).toBe(handling === "continue" ? "completed" : "failed");
    const attempts = run.storyOf(at.path).filter((line) => line.startsWith("start")).length;
    expect(attempts).toBe(handling === "retry" ? 4 : 1);
    const written = expected[`${handling === "retry" ? "stop" : handling} ${place}`] ?? [];
    const isSure = (step: string) => handling !== "retry" || !isLater(place, step);
    expect(run.steps.filter(isSure)).toEqual(written.filter(isSure));
  });

  it.each(Object.entries(places))(
    "stop, failure %s: resumed with the cause mended, the run completes",
    (_place, at) => {
      const specs = at.specs({ config: { fails: 1 } }, "stop");
      const run = new SteeredRun(specs).begin().finish();
      expect(run.host.status).toBe("failed");
      run.resume().finish();
      expect([run.host.status, run.faults]).toEqual(["completed", []]);
      expect(run.steps.filter((step) => !step.endsWith("succeeded"))).toEqual([]);
    },
  );
});

/** While one step is tried again, others go on: how far is not the table's matter. */
function isLater(place: string, step: string): boolean {
  return place === "sibling" && (step.startsWith("b") || step.startsWith("c"));
}

const single = (step: StepSpec, workflow: Partial<WorkflowSpec> = {}): WorkflowSpec[] => [
  { steps: { a: step }, outputs: { end: { optional: true } }, links: ["a.x -> end"], ...workflow },
];

function delaysOf(run: SteeredRun): readonly number[] {
  const failedAt = new Map<number, number>();
  return run.host.journal.flatMap((event) => {
    if (event.type === "attempt.failed") failedAt.set(event.node, event.at);
    return event.type === "retry.scheduled" ? [event.due - (failedAt.get(event.node) ?? 0)] : [];
  });
}

describe("retries", () => {
  it.each([0, 1, 2, 3, 4, 5])(
    "a step that fails %i times, max_retries 3: exactly as many attempts as allowed",
    (fails) => {
      const run = new SteeredRun(single({ handling: "retry", config: { fails } })).begin().finish();
      expect([run.startsOf("a"), run.host.status]).toEqual([
        Math.min(fails + 1, 4),
        fails <= 3 ? "completed" : "failed",
      ]);
    },
  );

  it.each([1, 2, 3, 4])("a step that fails %i times: killed in each wait, the budget survives", (fails) => {
    const run = new SteeredRun(single({ handling: "retry", config: { fails } })).begin();
    for (let tries = 0; tries < 10 && !run.host.tree.ended; tries++) {
      run.end("a").restart();
      run.pass(1_000_000);
    }
    expect([run.startsOf("a"), run.host.status]).toEqual([Math.min(fails + 1, 4), fails <= 3 ? "completed" : "failed"]);
  });

  it("crashes and drains while an attempt runs: cost no retry", () => {
    const run = new SteeredRun(single({ handling: "retry", maxRetries: 1, config: { fails: 1 } })).begin();
    for (let count = 0; count < 5; count++) run.restart(count % 2 === 0 ? "crash" : "drain");
    run.finish();
    expect(run.host.status).toBe("completed");
    expect(run.startsOf("a")).toBe(7);
  });

  it("delays of step and timeout failures: doubling within ten per cent", () => {
    for (const kind of ["step", "timeout"] as const) {
      const spec = single({ handling: "retry", maxRetries: 6, retryDelayMs: 1000, config: { fails: 6, kind } });
      const delays = delaysOf(new SteeredRun(spec).begin().finish());
      expect(delays).toHaveLength(6);
      delays.forEach((delay, index) => {
        expect(delay).toBeGreaterThanOrEqual(900 * 2 ** index);
        expect(delay).toBeLessThanOrEqual(1100 * 2 ** index);
      });
    }
  });

  it("delays: never more than a hundred times the first", () => {
    const spec = single({ handling: "retry", maxRetries: 12, retryDelayMs: 10, config: { fails: 12 } });
    const delays = delaysOf(new SteeredRun(spec).begin().finish());
    expect(Math.max(...delays)).toBeLessThanOrEqual(1100);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(900);
  });

  it("delays of network failures: anywhere up to the doubled delay", () => {
    const spec = single({ maxRetries: 8, retryDelayMs: 100, config: { fails: 8, kind: "network" } });
    const delays = delaysOf(new SteeredRun(spec).begin().finish());
    for (const [index, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(100 * 2 ** index);
    const shares = delays.map((delay, index) => delay / (100 * 2 ** index));
    expect(Math.min(...shares)).toBeLessThan(0.5);
    expect(Math.max(...shares)).toBeGreaterThan(0.5);
  });

  it("a service that asks to wait: not before that", () => {
    const spec = single({ retryDelayMs: 10, config: { fails: 2, kind: "network", retryAfterMs: 30_000 } });
    expect(delaysOf(new SteeredRun(spec).begin().finish())).toEqual([30_000, 30_000]);
  });

  it.each(["continue", "stop"] as const)("network and timeout failures under %s: retried", (handling) => {
    for (const kind of ["network", "timeout"] as const) {
      const run = new SteeredRun(single({ handling, config: { fails: 3, kind } })).begin().finish();
      expect([kind, run.startsOf("a"), run.host.status]).toEqual([kind, 4, "completed"]);
    }
  });

  it.each(["configuration", "data_validation"] as const)("%s failures under retry: never retried", (kind) => {
    const run = new SteeredRun(single({ handling: "retry", config: { fails: 1, kind } })).begin().finish();
    expect([run.startsOf("a"), run.host.status]).toEqual([1, "failed"]);
  });

  it("a failure that says it is not retryable: never retried", () => {
    const run = new SteeredRun(single({ handling: "retry" })).begin();
    run.fail("a", failureOf("E_NETWORK", {}, { retryable: false })).finish();
    expect([run.startsOf("a"), run.host.status]).toEqual([1, "failed"]);
  });

  it("waits for room: cost nothing of the budget", () => {
    const run = new SteeredRun(
      single({ handling: "retry", maxRetries: 2, config: { fails: 4, kind: "step" } }),
    ).begin();
    for (let wait = 0; wait < 2; wait++) run.fail("a", failureOf("E_RESOURCE", {})).pass(1_000_000);
    run.finish();
    expect([run.startsOf("a"), run.host.status]).toEqual([5, "completed"]);
  });

  it("many retries at different times: each starts when it is due, none early, none lost", () => {
    const steps = Object.fromEntries(
      Array.from({ length: 20 }, (_, index): [string, StepSpec] => [
        `s${index}`,
        { handling: "retry", retryDelayMs: ((index * 7919) % 20) * 100 + 50, config: { fails: 3 } },
      ]),
    );
    const { host, faults } = new SteeredRun([{ steps, links: [] }]).begin().finish();
    expect([host.status, faults]).toEqual(["completed", []]);
    const due = new Map<number, number>();
    let checked = 0;
    for (const event of host.journal) {
      if (event.type === "retry.scheduled") due.set(event.node, event.due);
      if (event.type !== "retry.due") continue;
      const late = event.at - (due.get(event.node) ?? Number.POSITIVE_INFINITY);
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(100);
      checked++;
    }
    expect(checked).toBe(60);
  });
});

describe("fallback", () => {
  const step: StepSpec = { handling: "retry", maxRetries: 2, config: { fails: -1 } };

  it("order: retries, then the fallback with its own budget, then the strategy", () => {
    const run = new SteeredRun(single({ ...step, fallback: { fails: -1, kind: "network" } })).begin().finish();
    expect(run.storyOf("a")).toEqual([
      ...["start", "fail step", "wait", "start 2", "fail step", "wait", "start 3", "fail step"],
      ...["fallback", "start fallback 4", "fail network", "wait", "start fallback 5", "fail network", "wait"],
      ...["start fallback 6", "fail network", "stop E_NETWORK"],
    ]);
  });

  it("a failure that is never retried: the fallback at once", () => {
    const config = { fails: 1, kind: "configuration" };
    const run = new SteeredRun(single({ ...step, config, fallback: {} })).begin().finish();
    expect(run.storyOf("a")).toEqual(["start", "fail configuration", "fallback", "start fallback 2", "ok"]);
  });

  it("effects of the component it stands in for: not its own", () => {
    const run = new SteeredRun(single({ config: { fails: -1 }, fallback: {} })).begin();
    const { run: index, node, n, c, id } = run.flight("a");
    run.host.send({ type: "effect.recorded", run: index, node, n, c, id, name: "mail", value: { json: 1 } });
    const cell = () => run.host.tree.runs[0]?.open.get(node)?.cells.get(0);
    expect(cell()?.effects?.size).toBe(1);
    run.restart();
    expect(cell()?.effects?.size).toBe(1);
    run.end("a");
    expect([cell()?.fallback, cell()?.effects]).toEqual([true, undefined]);
  });

  it("refused inputs: no fallback, as nothing ran", () => {
    const spec: WorkflowSpec = {
      inputs: { in: {} },
      steps: { a: { fallback: {}, handling: "continue" } },
      links: ["in -> a.in ! value < 5.0"],
    };
    expect(new SteeredRun([spec]).begin({ in: 7 }).finish().storyOf("a")).toEqual(["continue E_GATE_CLOSED"]);
  });
});

describe("poison guard", () => {
  it("the user's own code kills its process twice: failed, not retried", () => {
    const run = new SteeredRun(single({ handling: "retry", module: true })).begin().restart().restart();
    expect(run.host.status).toBe("failed");
    expect(run.storyOf("a")).toEqual(["start", "lose", "start 2", "lose", "stop E_POISON"]);
  });

  it("drains: not counted", () => {
    const run = new SteeredRun(single({ module: true })).begin();
    for (let count = 0; count < 4; count++) run.restart("drain");
    expect(run.finish().host.status).toBe("completed");
  });

  it.each(["process", "parsl"])(
    "the user's own code on %s, which takes only its own process with it: not counted",
    (executor) => {
      const run = new SteeredRun(single({ module: true, executor })).begin();
      for (let count = 0; count < 4; count++) run.restart("crash");
      expect(run.finish().host.status).toBe("completed");
    },
  );

  it("the engine's own steps: not counted", () => {
    const run = new SteeredRun(single({})).begin();
    for (let count = 0; count < 4; count++) run.restart("crash");
    expect(run.finish().host.status).toBe("completed");
  });

  it("with a fallback of the engine's own: the fallback, not blamed for crashes", () => {
    const run = new SteeredRun(single({ module: true, fallback: {} })).begin().restart().restart();
    expect(run.underWay).toEqual(["a"]);
    run.restart().restart();
    expect(run.finish().host.status).toBe("completed");
  });

  it("resumed: two crashes are allowed again", () => {
    const run = new SteeredRun(single({ module: true })).begin().restart().restart().resume().restart();
    expect(run.finish().host.status).toBe("completed");
  });
});
