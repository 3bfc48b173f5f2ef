import type { Plan, RunEvent } from "@nanobrain/engine";
import { describe, expect, it } from "vitest";
import { plainTeller } from "./plain-teller.js";

const nodes = (forEach: object) => [{ name: "each", kind: "step", step: { forEach } }];
const plan = {
  workflows: [
    { nodes: nodes({ over: 0, as: "x" }), links: [] },
    { nodes: [{ name: "inner", kind: "step", step: {} }], links: [] },
  ],
} as unknown as Plan;

const cell = (c: number) => ({ run: 0, node: 0, n: 1, c });
const failure = { kind: "step", code: "E_STEP", message: "boom" };

function stamped(events: readonly object[]): readonly RunEvent[] {
  return events.map((event, index) => ({ seq: index + 1, at: 0, ...event })) as unknown as readonly RunEvent[];
}

/** What is said of a map of nested runs, each with one step. */
function nestedMap(count: number): readonly RunEvent[] {
  const items = Array.from({ length: count }, (_, c) => [
    { type: "run.started", run: c + 1, workflow: 1, inputs: {}, parent: cell(c) },
    { type: "attempt.succeeded", run: c + 1, node: 0, n: 1, c: 0, id: 1, out: {}, links: [] },
    { type: "run.completed", run: c + 1 },
  ]);
  const at = { run: 0, node: 0, n: 1 };
  const end = { type: "activation.gathered", ...at, out: {}, links: [] };
  return stamped([{ type: "activation.measured", ...at, count }, ...items.flat(), end]);
}

const told = (events: readonly RunEvent[], past: readonly RunEvent[] = []): readonly string[] => {
  const tell = plainTeller(plan, past);
  return events.flatMap((event) => tell(event).map(({ step, text }) => `${step}: ${text}`));
};

describe("plainTeller", () => {
  it("map of nested runs: its quarters instead of its items", () => {
    expect(told(nestedMap(62))).toEqual([
      "each: 62 items",
      "each: 16 of 62 items",
      "each: 31 of 62 items",
      "each: 47 of 62 items",
      "each: done",
    ]);
    expect(told(nestedMap(4))).toEqual(["each: 4 items", "each: done"]);
  });

  it("resumed run: what settled before counts and is not told again", () => {
    const events = nestedMap(8);
    const before = 1 + 5 * 3;
    expect(told(events.slice(before), events.slice(0, before))).toEqual(["each: 6 of 8 items", "each: done"]);
  });

  it("items that fail or are tried again: have lines, inside nested runs too", () => {
    const lines = told(
      stamped([
        { type: "activation.measured", run: 0, node: 0, n: 1, count: 8 },
        { type: "attempt.succeeded", ...cell(0), id: 1, out: {}, links: [] },
        { type: "retry.scheduled", ...cell(1), retry: 1, due: 1000, reason: "once more" },
        { type: "run.started", run: 1, workflow: 1, inputs: {}, parent: cell(2) },
        { type: "attempt.failed", run: 1, node: 0, n: 1, c: 0, id: 1, failure, links: [], jitter: 0 },
        { type: "item.failed", ...cell(2), failure },
      ]),
    );
    expect(lines).toEqual([
      "each: 8 items",
      "each[1]: retry 1 in 1.0s: once more",
      "each[2]/inner: failed: E_STEP boom",
      "each[2]: failed for good: E_STEP boom",
      "each: 2 of 8 items, 1 failed",
    ]);
  });
});
