import { describe, expect, it } from "vitest";
import { seededRandom } from "../testing/seeded-random.js";
import { SteeredRun } from "../testing/steered-run.js";
import type { RunEvent } from "./event.js";
import { evolve } from "./evolve.js";
import { ReadyHeap } from "./ready-heap.js";
import { snapshot } from "./snapshot.js";

describe("evolve", () => {
  const run = new SteeredRun([{ steps: { a: {}, b: {} }, links: ["a.x -> b.in"] }]).begin();
  const next = run.host.tree.seq + 1;
  const event = (seq: number, more: object): RunEvent => ({ seq, at: 0, ...more }) as RunEvent;

  it.each([
    ["a number left out", event(next + 1, { type: "run.taken", epoch: 1, by: "test" })],
    ["a number twice", event(next - 1, { type: "run.taken", epoch: 1, by: "test" })],
  ])("%s: E_INTERNAL, and nothing has changed", (_what, wrong) => {
    const before = snapshot(run.host.tree);
    expect(() => evolve(run.host.tree, wrong)).toThrow(expect.objectContaining({ code: "E_INTERNAL" }));
    expect(snapshot(run.host.tree)).toEqual(before);
  });

  it.each([
    ["a run that there is not", { type: "attempt.started", run: 7, node: 0, n: 1, c: 0, attempt: 1, fallback: false }],
    ["an activation that is not open", { type: "attempt.lost", run: 0, node: 1, n: 1, c: 0, id: 3, cause: "crash" }],
    ["a type nobody knows", { type: "run.exploded" }],
  ])("an event for %s: E_INTERNAL", (_what, wrong) => {
    const other = new SteeredRun([{ steps: { a: {}, b: {} }, links: ["a.x -> b.in"] }]).begin();
    const { tree } = other.host;
    expect(() => evolve(tree, event(tree.seq + 1, wrong))).toThrow(expect.objectContaining({ code: "E_INTERNAL" }));
  });
});

describe("ready heap", () => {
  it("random pushes and removals: the first is always the one with the lowest priority number", () => {
    const random = seededRandom("heap");
    const priority = Int32Array.from({ length: 200 }, () => random.int(1000));
    const heap = new ReadyHeap(priority);
    const inside: number[] = [];
    for (let step = 0; step < 5000; step++) {
      if (inside.length < 100 && random.chance(0.55)) {
        const node = random.int(200);
        if (inside.includes(node)) continue;
        inside.push(node);
        heap.push(node);
      } else if (inside.length > 0) {
        const [node = -1] = inside.splice(random.int(inside.length), 1);
        expect(heap.remove(node)).toBe(true);
        expect(heap.remove(node)).toBe(false);
      }
      const least = Math.min(...inside.map((node) => priority[node] ?? 0));
      expect(heap.peek() < 0 ? Number.POSITIVE_INFINITY : priority[heap.peek()]).toBe(least);
    }
  });
});
