import { describe, expect, it } from "vitest";
import type { Json } from "../../contracts/json.js";
import { buildPlan } from "../../testing/plan-builder.js";
import type { TriggerSpec, WorkflowSpec } from "../../testing/plan-spec.js";
import { seededRandom } from "../../testing/seeded-random.js";
import type { SymbolicHost } from "../../testing/symbolic-host.js";
import type { OutsideAct } from "../../testing/symbolic-outside.js";
import { checkedHost, finish, type SymbolicRun } from "../../testing/symbolic-run.js";
import type { RunEvent } from "../event.js";
import { snapshot } from "../snapshot.js";

const folder: TriggerSpec = { kind: "folder", targets: ["s.in"] };
const spec: WorkflowSpec = {
  strategy: "event_driven",
  retryDelayMs: 10,
  steps: { s: { ports: { in: {} }, config: { fails: 1, kind: "network" }, concurrency: 2 }, w: {} },
  links: ["s.x -> out"],
  outputs: { out: { merge: "collect" } },
  triggers: { t: folder, u: folder, m: { kind: "manual", targets: ["w"] } },
};

/** Files that come, some of them seen twice; the manual trigger last, as the run waits for it. */
function actsOf(seed: number): readonly OutsideAct[] {
  const random = seededRandom(seed);
  const files = Array.from({ length: 2 + random.int(6) }, (): OutsideAct => {
    const payload = random.int(8);
    return { fire: random.chance(0.5) ? "t" : "u", payload, key: `${payload}` };
  });
  return [...files, { fire: "m" }];
}

/** The payloads that were recorded as fired, and what the activations of the step were given, both in order. */
class Watch {
  readonly fired: Json[] = [];
  readonly given = new Map<number, Json>();

  note(host: SymbolicHost, event: RunEvent): void {
    if (event.type === "trigger.fired" && event.payload !== undefined && "json" in event.payload)
      this.fired.push(event.payload.json);
    if (event.type !== "attempt.started" || event.run !== 0) return;
    const flight = host.inFlight.get(event.seq);
    const value = flight === undefined ? undefined : host.inputsOf(flight)["in"];
    if (value !== undefined) this.given.set(event.n, value);
  }
}

function begin(acts: readonly OutsideAct[], seed: number): { run: SymbolicRun; watch: Watch } {
  const watch = new Watch();
  const noting = (host: SymbolicHost, event: RunEvent) => watch.note(host, event);
  return { run: checkedHost(buildPlan(spec), { seed, acts, watch: noting }), watch };
}

function expectExact(
  { run: { host, faults }, watch }: { run: SymbolicRun; watch: Watch },
  acts: readonly OutsideAct[],
): void {
  expect([host.status, faults]).toEqual(["completed", []]);
  expect([...watch.given.values()]).toEqual(watch.fired);
  const keys = new Set(
    acts.flatMap((act) => ("fire" in act && act.key !== undefined ? [`${act.fire} ${act.key}`] : [])),
  );
  expect(watch.fired.length).toBe(keys.size);
}

describe("triggers under chance", () => {
  it("each firing that was taken is one activation, in order, and no key fires twice", () => {
    for (let seed = 1; seed <= 80; seed++) {
      const acts = actsOf(seed);
      const begun = begin(acts, seed);
      begun.run.host.begin();
      finish(begun.run);
      expectExact(begun, acts);
    }
  });

  it("so it is when the process dies at any moment, and files are seen anew", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const acts = actsOf(seed);
      for (let at = 2; at < 40; at += 2) {
        const first = begin(acts, seed);
        first.run.host.begin();
        while (first.run.host.journal.length < at && first.run.host.move());
        if (first.run.host.tree.ended) break;
        const next = begin(acts, seed + at);
        next.run.host.fold(first.run.host.journal);
        expect(snapshot(next.run.host.tree)).toEqual(snapshot(first.run.host.tree));
        next.run.host.now = first.run.host.now;
        next.run.host.takeOver("crash");
        finish(next.run);
        expectExact(next, acts);
      }
    }
  });

  it("so it is when the run is paused meanwhile", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const acts = actsOf(seed);
      const begun = begin(acts, seed);
      const { host } = begun.run;
      host.begin();
      host.send({ type: "run.paused", by: "test" });
      for (const act of acts.slice(0, 2)) host.act(act);
      expect(host.inFlight.size).toBe(0);
      host.send({ type: "run.unpaused", by: "test" });
      finish(begun.run);
      expectExact(begun, acts);
    }
  });
});
