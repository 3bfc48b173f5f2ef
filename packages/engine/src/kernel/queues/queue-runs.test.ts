import { describe, expect, it } from "vitest";
import type { Plan } from "../../plan/plan.js";
import { buildPlan } from "../../testing/plan-builder.js";
import type { QueueSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { type SeededRandom, seededRandom } from "../../testing/seeded-random.js";
import type { SymbolicHost } from "../../testing/symbolic-host.js";
import { checkedHost, finish, type SymbolicRun } from "../../testing/symbolic-run.js";
import type { RunEvent } from "../event.js";
import { snapshot } from "../snapshot.js";
import type { QueueState } from "./queue-state.js";

/** A random workflow around one queue: `p` sends, up to three targets with failures of their own take. */
function randomSpec(random: SeededRandom): { readonly spec: WorkflowSpec; readonly sent: number } {
  const targets = Array.from({ length: 1 + random.int(3) }, (_, index) => `c${index}`);
  const emits = 1 + random.int(6);
  const sources = 1 + random.int(2);
  const concurrency = 1 + random.int(3);
  const queue: QueueSpec = {
    link: `p.x => ${targets.map((target) => `${target}.in`).join(", ")}`,
    balance: (["round_robin", "least_loaded", "weighted", "adaptive"] as const)[random.int(4)] ?? "round_robin",
    weights: targets.map(() => 1 + random.int(3)),
    capacity: 1 + random.int(4),
    maxDeliveries: 1 + random.int(3),
    ...(random.chance(0.4) ? { key: "id" } : {}),
  };
  const steps = Object.fromEntries(
    targets.map((target) => [target, { concurrency, config: { fails: random.int(4) - 1, badItems: 0 } }]),
  );
  const source = { concurrency: 1 + random.int(2), config: { emits: { x: emits } } };
  const spec: WorkflowSpec = {
    strategy: (["sequential", "parallel", "graph", "event_driven"] as const)[random.int(4)] ?? "graph",
    handling: "stop",
    retryDelayMs: 10,
    steps: { a: { config: { emits: { y: sources } } }, p: source, ...steps },
    queues: { q: queue },
    links: ["a.y -> p.in", "q.dead_letters -> dead"],
    outputs: { dead: { merge: "collect" } },
  };
  return { spec, sent: emits * sources };
}

function queueOf(host: SymbolicHost): QueueState {
  return host.tree.runs[0]?.queues[0] as QueueState;
}

/** Activations of the targets by the way they ended. */
function ends(journal: readonly RunEvent[], targets: ReadonlySet<number>): { succeeded: number; dead: number } {
  const of = (type: RunEvent["type"]) =>
    journal.filter((event) => event.type === type && "node" in event && targets.has(event.node)).length;
  return { succeeded: of("attempt.succeeded"), dead: of("item.dead") };
}

function targetsOf(plan: Plan): ReadonlySet<number> {
  const workflow = plan.workflows[0];
  return new Set(workflow?.queues[0]?.links.map((link) => workflow.links[link]?.to.node ?? -1));
}

/** Every item succeeded once or is a dead letter once; nothing is left; the letters came out. */
function expectSettled({ host, faults }: SymbolicRun, sent: number): void {
  const { succeeded, dead } = ends(host.journal, targetsOf(host.tree.plan));
  expect([host.status, faults]).toEqual(["completed", []]);
  expect(succeeded + dead).toBe(sent);
  const { waiting, acknowledged, dead: letters, ranges, keys, flights, parked } = queueOf(host);
  expect([acknowledged, letters, waiting]).toEqual([succeeded, dead, 0]);
  expect([ranges.held.length, keys.size, flights.size, parked]).toEqual([0, 0, 0, 0]);
  expect(((host.outputs["dead"] ?? []) as readonly unknown[]).length).toBe(dead);
}

/** Goes on with what is on disk in another process. */
function kill({ host }: SymbolicRun, seed: number): SymbolicRun {
  const next = checkedHost(host.tree.plan, { ...host.options, seed });
  next.host.fold(host.journal);
  expect(snapshot(next.host.tree)).toEqual(snapshot(host.tree));
  next.host.now = host.now;
  next.host.takeOver("crash");
  return next;
}

describe("queues under chance", () => {
  it("every item settles exactly once or is a dead letter", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { spec, sent } = randomSpec(seededRandom(seed));
      const run = checkedHost(buildPlan(spec), { seed });
      run.host.begin();
      expectSettled(finish(run), sent);
    }
  });

  it("so it is when the process dies at any moment", () => {
    for (let seed = 1; seed <= 15; seed++) {
      const { spec, sent } = randomSpec(seededRandom(seed));
      for (let at = 1; at < 40; at += 3) {
        let run = checkedHost(buildPlan(spec), { seed });
        run.host.begin();
        while (run.host.journal.length < at && run.host.move());
        run = kill(run, seed + at);
        expectSettled(finish(run), sent);
      }
    }
  });

  it("one producer: no more wait than the queue has room for, and the item that made it hold", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { spec: drawn } = randomSpec(seededRandom(seed));
      const spec = { ...drawn, steps: { ...drawn.steps, p: { config: { emits: { x: 6 } } } } };
      let over = 0;
      const watch = (host: SymbolicHost) => {
        const { waiting, capacity } = host.tree.runs[0]?.queues[0] ?? { waiting: 0, capacity: 0 };
        const held = [...host.inFlight.values()].filter((flight) => host.isHeld(flight)).length;
        if (waiting > capacity + held) over++;
      };
      const run = checkedHost(buildPlan(spec), { seed, watch });
      run.host.begin();
      finish(run);
      expect(over).toBe(0);
    }
  });
});
