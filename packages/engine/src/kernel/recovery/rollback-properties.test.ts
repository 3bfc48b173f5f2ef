import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../document/document.js";
import { failureOf } from "../../errors/failure-of.js";
import { buildPlan, withoutFailures } from "../../testing/plan-builder.js";
import type { StepSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import type { SymbolicHost } from "../../testing/symbolic-host.js";
import { checkedHost, finish, outcomeOf, type SymbolicRun, symbolicRun } from "../../testing/symbolic-run.js";
import type { RunEvent } from "../event.js";
import { snapshot } from "../snapshot.js";

const strategies: readonly StrategyName[] = ["sequential", "parallel", "graph", "event_driven"];

/** Where it is the step's code that asks, twice. */
const codeAsks: readonly StrategyName[] = ["parallel", "event_driven"];

/**
 * A map, a loop, a nested workflow and a step that asks, one behind the other and side by side; each level rolls back. Steps fail as
 * often as `fails` says; the parent's step rolls back what its child could not mend.
 */
function specsOf(strategy: StrategyName, inner: StrategyName, fails: readonly number[]): WorkflowSpec[] {
  const [last = 0, item = 0, round = 0, deep = 0] = fails;
  const undone: StepSpec = { onRollback: {} };
  return [
    {
      strategy,
      handling: "rollback",
      maxRetries: 30,
      inputs: { items: { default: [11, 12, 13] }, seed: { default: 7 } },
      steps: {
        a: undone,
        m: { ...undone, forEach: { over: "items", concurrency: 2 }, config: { fails: item } },
        r: { ...undone, repeat: { max: 3, carry: { x: "in" } }, config: { fails: round } },
        n: { workflow: "inner", handling: "rollback" },
        w: { waits: "person", config: codeAsks.includes(strategy) ? { questions: 2 } : { asks: true } },
        z: { config: { fails: last } },
        side: { ...undone, checkpoint: true },
      },
      outputs: { end: {}, list: {}, other: {} },
      links: [
        ...["items -> m.items", "seed -> a.in", "a.x -> r.in", "m.x -> n.list", "r.x -> n.in", "n.out -> w.in"],
        ...["w.x -> z.in", "z.x -> end", "m.x -> list", "side.x -> other"],
      ],
    },
    {
      name: "inner",
      strategy: inner,
      handling: "rollback",
      maxRetries: 1,
      inputs: { in: {}, list: {} },
      steps: { o: undone, p: { config: { fails: deep } }, q: undone },
      outputs: { out: {} },
      links: ["in -> o.in", "list -> q.in", "o.x -> p.in", "q.x -> p.other", "p.x -> out"],
    },
  ];
}

type Case = { readonly name: string; readonly specs: readonly WorkflowSpec[]; readonly expected: string };

const cases: readonly Case[] = strategies.flatMap((strategy, index) =>
  [
    [2, 0, 0, 0],
    [1, 1, 1, 3],
  ].map((fails): Case => {
    const specs = specsOf(strategy, strategies[(index + 1) % 4] ?? "graph", fails);
    const expected = outcomeOf(symbolicRun(withoutFailures(buildPlan(...specs)), {}, { seed: 1 }));
    return { name: `${strategy}, failures ${fails.join(" ")}`, specs, expected };
  }),
);

function whole(specs: readonly WorkflowSpec[], seed: number): SymbolicRun {
  return symbolicRun(buildPlan(...specs), {}, { seed });
}

/** Another process goes on with the first `kept` events. */
function takenOver(specs: readonly WorkflowSpec[], journal: readonly RunEvent[], seed: string): SymbolicRun {
  const run = checkedHost(buildPlan(...specs), { seed });
  run.host.fold(journal);
  run.host.takeOver("crash");
  return run;
}

/** A run that goes on until its journal has so many events. */
function until(specs: readonly WorkflowSpec[], at: number): SymbolicRun | undefined {
  const run = checkedHost(buildPlan(...specs), { seed: at });
  run.host.begin();
  while (run.host.tree.seq < at && run.host.move());
  return run.host.tree.ended ? undefined : run;
}

const endOf = (run: SymbolicRun) => ({ faults: run.faults.slice(0, 3), outcome: outcomeOf(run) });

describe.each(cases)("rolled back at both levels under $name", ({ specs, expected }) => {
  const fine = { faults: [], outcome: expected };

  it("outputs: those of a run without failures, in every order", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const run = whole(specs, seed);
      expect({ seed, ...endOf(run) }).toEqual({ seed, ...fine });
      expect(run.host.journal.some((event) => event.type === "run.rolledback")).toBe(true);
    }
  });

  it("state: the fold of the journal, after each event", () => {
    const live: unknown[] = [];
    const plan = buildPlan(...specs);
    const { host } = symbolicRun(plan, {}, { seed: 2, watch: ({ tree }) => live.push(snapshot(tree)) });
    const differs: number[] = [];
    const watch = ({ tree }: SymbolicHost, event: RunEvent) => {
      if (!isDeepStrictEqual(snapshot(tree), live[event.seq - 1])) differs.push(event.seq);
    };
    checkedHost(plan, { seed: 2, watch }).host.fold(host.journal);
    expect(differs).toEqual([]);
  });

  it("killed after each event, of the rollback too, and once more later", () => {
    const { journal } = whole(specs, 3).host;
    for (let kept = 2; kept < journal.length; kept++) {
      let run = takenOver(specs, journal.slice(0, kept), `${kept}`);
      for (let moves = kept % 7; moves > 0; moves--) run.host.move();
      if (!run.host.tree.ended && kept % 2 === 0) run = takenOver(specs, run.host.journal, `${kept} again`);
      expect({ kept, ...endOf(finish(run)) }).toEqual({ kept, ...fine });
    }
  });

  it("paused at each event: nothing starts in the pause, and the outcome is the same", () => {
    for (let at = 3; ; at++) {
      const run = until(specs, at);
      if (run === undefined) return;
      run.host.send({ type: "run.paused", by: "test" });
      const before = run.host.journal.length;
      while (run.host.move());
      const inPause = run.host.journal.slice(before).filter(({ type }) => type.endsWith(".started"));
      run.host.now += 1000;
      run.host.send({ type: "run.unpaused", by: "test" });
      expect({ at, inPause, ...endOf(finish(run)) }).toEqual({ at, inPause: [], ...fine });
    }
  });

  it("cancelled at each event: one end, nothing restored or undone after it", () => {
    for (let at = 3; ; at++) {
      const run = until(specs, at);
      if (run === undefined) return;
      const { host } = run;
      host.send({ type: "run.cancelled", by: "test", reason: "test" });
      const before = host.journal.length;
      for (const { run: index, node, n, c, id, isUndo } of [...host.inFlight.values()]) {
        const place = { run: index, node, n, c, id };
        const failure = failureOf("E_CANCELLED", { reason: "test" });
        if (isUndo) host.send({ type: "undo.ended", ...place });
        else host.send({ type: "attempt.failed", ...place, failure, links: [], jitter: 0 });
      }
      const after = host.journal.slice(before).map(({ type }) => type);
      const odd = after.filter((type) => !["attempt.failed", "undo.ended", "run.closed"].includes(type));
      expect({ at, status: host.status, odd }).toEqual({ at, status: "cancelled", odd: [] });
    }
  });
});
