import { describe, expect, it } from "vitest";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import { buildPlan } from "../testing/plan-builder.js";
import { MetricsFold } from "./metrics.js";

const plan = buildPlan(
  {
    steps: { load: {}, outer: { workflow: "inner" } },
    links: ["load.x -> outer.in"],
  },
  { name: "inner", inputs: { in: {} }, steps: { work: {} }, links: ["in -> work.in"] },
);

/** Events at given moments, numbered in order. */
function fold(...events: readonly (readonly [at: number, event: Unstamped])[]): MetricsFold {
  const metrics = new MetricsFold(plan);
  for (const [index, [at, event]] of events.entries()) metrics.apply({ seq: index + 1, at, ...event } as RunEvent);
  return metrics;
}

const load = { run: 0, node: 0, n: 1, c: 0 };
const outer = { run: 0, node: 1, n: 1, c: 0 };
const started: Unstamped = { type: "run.started", run: 0, workflow: 0, inputs: {} };
const begin = (at: typeof load): Unstamped => ({ type: "attempt.started", ...at, attempt: 1, fallback: false });
const good = (at: typeof load, id: number): Unstamped => ({ type: "attempt.succeeded", ...at, id, out: {}, links: [] });
const bad = (at: typeof load, id: number): Unstamped => ({
  type: "attempt.failed",
  ...at,
  id,
  failure: { kind: "step", code: "E_STEP", message: "no", details: {} },
  links: [],
  jitter: 0,
});

describe("metrics", () => {
  it("rates of attempts that ended within the window; running ones counted apart", () => {
    const metrics = fold(
      [0, started],
      [0, begin(load)],
      [1000, bad(load, 2)],
      [1000, begin(load)],
      [4000, good(load, 4)],
      [4000, begin(load)],
    );
    const whole = metrics.read(10_000, null).run;
    expect(whole).toEqual({ error_rate: 0.5, throughput: 0.1, duration_ms: 3000, queued: 0, running: 1 });
    const late = metrics.read(10_000, 7000).run;
    expect(late).toMatchObject({ error_rate: 0, duration_ms: 3000 });
    expect(late.throughput).toBeCloseTo(1 / 7);
  });

  it("nothing ended within the window: no error rate and no duration", () => {
    const metrics = fold([0, started], [0, begin(load)]);
    expect(metrics.read(5000, 1000).run).toEqual({ throughput: 0, queued: 0, running: 1 });
  });

  it("a nested run's attempts count for the run and for the step of the root they are part of", () => {
    const metrics = fold(
      [0, started],
      [0, { type: "run.started", run: 1, workflow: 1, parent: outer }],
      [0, begin({ run: 1, node: 1, n: 1, c: 0 })],
      [500, bad({ run: 1, node: 1, n: 1, c: 0 }, 3)],
    );
    const { run, steps } = metrics.read(1000, null);
    expect([run.error_rate, steps["outer"]?.error_rate, steps["load"]?.error_rate]).toEqual([1, 1, undefined]);
  });

  it("attempts lost in a crash are no ends", () => {
    const metrics = fold(
      [0, started],
      [0, begin(load)],
      [10, { type: "attempt.lost", ...load, id: 2, cause: "crash" }],
    );
    expect(metrics.read(100, null).run).toEqual({ throughput: 0, queued: 0, running: 0 });
  });

  it("a million attempts: memory for the last twenty thousand at most", () => {
    const metrics = fold([0, started]);
    for (let i = 0; i < 1_000_000; i++) {
      const seq = 2 + 2 * i;
      metrics.apply({ seq, at: i, ...begin(load) } as RunEvent);
      metrics.apply({ seq: seq + 1, at: i + 1, ...good(load, seq) } as RunEvent);
    }
    expect(metrics.kept).toBeLessThanOrEqual(20_000);
    expect(metrics.read(1_000_000, 1000).run.throughput).toBeCloseTo(1000);
  });
});
