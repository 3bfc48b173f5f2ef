import { describe, expect, it } from "vitest";
import type { ErrorHandlingName, StrategyName } from "../document/document.js";
import {
  cancelledAtEachEvent,
  type Draw,
  foldIsLive,
  type KernelProperty,
  killedAtEachEvent,
  pausedAtEachEvent,
  sameUnderAllStrategies,
  stoppedAndResumed,
} from "../testing/kernel-properties.js";
import { buildPlan, withoutFailures } from "../testing/plan-builder.js";
import type { StepSpec, WorkflowSpec } from "../testing/plan-spec.js";
import { referenceOutcome } from "../testing/reference-outcome.js";

const strategies: readonly StrategyName[] = ["sequential", "parallel", "graph", "event_driven"];

/** Failures that pass: within the budget of retries, or, where nothing is retried, when somebody resumes the run. */
const handlings: readonly ErrorHandlingName[] = ["stop", "retry", "rollback"];

function failing(handling: ErrorHandlingName, fails: number): Partial<StepSpec> {
  return { config: { fails, kind: "step" }, ...(handling === "rollback" ? { onRollback: {} } : {}) };
}

/**
 * A nested workflow under a map, beside a loop, whose rows a queue shares out to two steps at once, one of them with two activations at a
 * time; within the nested workflow another map and a loop. Something fails at every level.
 */
function specsOf(strategy: StrategyName, inner: StrategyName, handling: ErrorHandlingName): readonly WorkflowSpec[] {
  const recovery = { handling, maxRetries: 20, retryDelayMs: 10 };
  return [
    {
      ...recovery,
      strategy,
      inputs: { items: { default: [11, 12] }, seed: { default: 7 } },
      steps: {
        each: { workflow: "inner", forEach: { over: "items", concurrency: 2 }, handling },
        loop: { repeat: { max: 2, carry: { x: "in" } }, ...failing(handling, 1) },
        source: { config: { emits: { rows: 4 } } },
        left: { ports: { row: {} }, ...failing(handling, 1) },
        right: { ports: { row: {} }, concurrency: 2 },
        last: failing(handling, 1),
      },
      outputs: {
        end: {},
        lefts: { merge: "collect", optional: true },
        rights: { merge: "collect", optional: true },
        dead: { merge: "collect", optional: true },
      },
      links: [
        ...[
          "items -> each.items",
          "seed -> loop.in",
          "seed -> source.in",
          "each.out -> last.list",
          "loop.x -> last.in",
        ],
        ...["last.x -> end", "left.x -> lefts", "right.x -> rights", "work.dead_letters -> dead"],
      ],
      queues: { work: { link: "source.rows => left.row, right.row", capacity: 1 } },
    },
    {
      ...recovery,
      name: "inner",
      strategy: inner,
      inputs: { item: {} },
      steps: {
        list: {},
        map: { forEach: { over: "items", concurrency: 2 } },
        again: { repeat: { max: 2, carry: { x: "in" } }, ...failing(handling, 1) },
        join: {},
      },
      outputs: { out: {} },
      links: [
        "item -> list.in",
        "list.list -> map.items",
        "item -> again.in",
        "map.x -> join.a",
        "again.x -> join.b",
      ].concat("join.x -> out"),
    },
  ];
}

/** The same workflow for each seed. */
function drawn(strategy: StrategyName, inner: StrategyName, handling: ErrorHandlingName): Draw {
  const specs = specsOf(strategy, inner, handling);
  const plan = buildPlan(...specs);
  return () => ({ plan, specs, inputs: {} });
}

const properties: readonly (readonly [string, KernelProperty])[] = [
  ["fold", foldIsLive],
  ["killed", killedAtEachEvent],
  ["paused", pausedAtEachEvent],
  ["cancelled", cancelledAtEachEvent],
];

const cases = strategies.flatMap((strategy, index) =>
  handlings.map((handling) => [strategy, strategies[(index + 1) % 4] ?? "graph", handling] as const),
);

describe.each(cases)(
  "nested, mapped, looped, parallel and queued at once: %s over %s, %s",
  (strategy, inner, handling) => {
    const draw = drawn(strategy, inner, handling);

    it("outcome: that of a run without failures, after as many resumes as it takes", () => {
      const { plan, inputs } = draw(1);
      expect(referenceOutcome(withoutFailures(plan), inputs)).toMatch(/^completed/);
      expect(stoppedAndResumed(1, undefined, draw)).toEqual([]);
    });

    it.each(properties)("%s at each event", (_name, property) => {
      expect(property(1, undefined, draw)).toEqual([]);
    });
  },
);

it("nested, mapped, looped, parallel and queued at once: the same outcome under each strategy", () => {
  const plain: Draw = () => {
    const { plan, ...drawing } = drawn("graph", "graph", "retry")(1);
    return { ...drawing, plan: withoutFailures(plan) };
  };
  expect(sameUnderAllStrategies(1, undefined, plain)).toEqual([]);
});
