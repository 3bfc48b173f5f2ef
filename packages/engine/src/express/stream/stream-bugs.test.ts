import { describe, expect, it } from "vitest";
import { isHeld } from "../../kernel/emits.js";
import { evolve } from "../../kernel/evolve.js";
import { createTree } from "../../kernel/state.js";
import { expressReport, handedOverFaults } from "../../testing/express-rules.js";
import { type PlainStream, plainStream } from "../../testing/plain-stream.js";
import { seededRandom } from "../../testing/seeded-random.js";
import { StreamRig } from "../../testing/stream-rig.js";
import type { StreamPlan } from "./stream-plan.js";

const SEEDS = 40;

type Plant = (plan: StreamPlan) => StreamPlan;

/** What `emit` promises: when it resolves the value is journaled, and the kernel does not hold the attempt back. */
async function emitFaults(stream: PlainStream, seed: number, plant?: Plant): Promise<readonly string[]> {
  const early: string[] = [];
  const rig: StreamRig = new StreamRig(stream, 1024, undefined, plant, (step, sent) => {
    if (rig.isHandedOver) return;
    const { node } = rig.plan.nodes.find(({ name }) => name === step) ?? { node: -1 };
    const tree = createTree(stream.plan);
    const written = [
      ...rig.run.journal.eventsNow(
        0,
        (json) => ({ json }),
        () => 0,
      ),
    ];
    for (const event of written) evolve(tree, event);
    const emits = written.filter((event) => event.type === "attempt.emitted" && event.node === node);
    if (emits.length < sent) early.push(`${step}: value ${sent} is not journaled`);
    const open = [...(tree.runs[0]?.open.values() ?? [])].filter((one) => one.node === node);
    // Code that does not wait may have sent more meanwhile.
    const waits = stream.spec.steps[step]?.config?.["awaits"] === true;
    if (waits && open.length === 1 && isHeld(tree, { run: 0, node, n: open[0]?.n ?? 0, c: 0 }))
      early.push(`${step}: held`);
  });
  rig.run.begin();
  await rig.finish(seededRandom(`order ${seed}`));
  return early;
}

describe("stream run: emit", () => {
  it("resolves when the value is journaled, and never while a queue behind it is full", async () => {
    for (let seed = 0; seed < SEEDS; seed++)
      expect({ seed, faults: await emitFaults(plainStream(seed), seed) }).toEqual({ seed, faults: [] });
  });

  it("planted bug: queues that are never full let emits go on that the kernel holds", async () => {
    const plant: Plant = (plan) => ({ ...plan, capacity: plan.capacity.map(() => Number.POSITIVE_INFINITY) });
    let found = 0;
    for (let seed = 0; seed < SEEDS; seed++) found += (await emitFaults(plainStream(seed), seed, plant)).length;
    expect(found).toBeGreaterThan(0);
  });

  it("planted bug: values that are not written before emit resolves are found", async () => {
    let found = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const stream = plainStream(seed);
      const early: string[] = [];
      const rig: StreamRig = new StreamRig(stream, 1024, undefined, undefined, (step, sent) => {
        const { node } = rig.plan.nodes.find(({ name }) => name === step) ?? { node: -1 };
        const written = [
          ...rig.run.journal.eventsNow(
            0,
            (json) => ({ json }),
            () => 0,
          ),
        ];
        const emits = written.filter((event) => event.type === "attempt.emitted" && event.node === node);
        if (emits.length < sent) early.push(step);
      });
      rig.run.journal.close = () => undefined;
      rig.run.begin();
      await rig.finish(seededRandom(`order ${seed}`));
      found += early.length;
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe("stream run: planted bugs are found", () => {
  const plants: { readonly [bug: string]: Plant } = {
    "the last in turn starts first": (plan) => {
      const last = plan.nodes.length - 1;
      return { ...plan, turn: plan.turn.map((turn) => last - turn), byTurn: plan.byTurn.slice().reverse() };
    },
    "more activations at once than there may be": (plan) => ({
      ...plan,
      nodes: plan.nodes.map((node) => ({ ...node, width: node.width + 1 })),
    }),
    "items go to the wrong target of a queue": (plan) => ({
      ...plan,
      nodes: plan.nodes.map((node) => ({ ...node, ports: node.ports.map(turned) })),
    }),
  };

  it.each(Object.entries(plants))("%s", async (_bug, plant) => {
    let found = 0;
    for (let seed = 0; seed < 2 * SEEDS; seed++) {
      const stream = plainStream(seed);
      const rig = new StreamRig(stream, 1024, undefined, (plan) => withPorts(plant(plan)));
      rig.run.begin();
      await rig.finish(seededRandom(seed));
      if (expressReport(stream.plan, await rig.events(), 1024).faults.length > 0) found++;
    }
    expect(found).toBeGreaterThan(0);
  });

  it("an attempt under way is forgotten at a hand-over, or an event of its journal", async () => {
    let lost = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const stream = plainStream(seed);
      const rig = new StreamRig(stream);
      rig.run.begin();
      let moves = 0;
      await rig.finish(seededRandom(seed), () => ++moves > 6);
      rig.run.needEngine();
      const unfinished = rig.unfinished();
      if (unfinished.length === 0) continue;
      const events = await rig.events();
      const { tree } = expressReport(stream.plan, events, 1024);
      expect(handedOverFaults(tree, unfinished)).toEqual([]);
      expect(handedOverFaults(tree, unfinished.slice(1))).toHaveLength(1);
      const emitted = events.findIndex(({ type }) => type === "attempt.emitted");
      if (emitted < 0) continue;
      const without = events.filter((_event, index) => index !== emitted);
      const renumbered = without.map((event, index) => ({ ...event, seq: index + 1 }));
      if (expressReport(stream.plan, renumbered, 1024).faults.length > 0) lost++;
    }
    expect(lost).toBeGreaterThan(0);
  });
});

function turned<Port extends StreamPlan["nodes"][number]["ports"][number]>(port: Port): Port {
  const routes = port.routes.map((route) => ({ ...route, slots: route.slots.slice().reverse() }));
  return { ...port, routes };
}

/** Everything that names ports names those of the node. */
function withPorts(plan: StreamPlan): StreamPlan {
  const nodes = plan.nodes.map((node) => ({
    ...node,
    linked: node.linked.map(({ place }) => node.ports[place] as (typeof node.ports)[number]),
    portsByName: new Map(node.ports.map((port) => [port.name, port])),
    only: node.only === undefined ? undefined : node.ports[node.only.place],
  }));
  return { ...plan, nodes };
}
