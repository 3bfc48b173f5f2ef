import { describe, expect, it } from "vitest";
import type { WorkflowSpec } from "../../testing/plan-spec.js";
import { SteeredRun } from "../../testing/steered-run.js";
import { OpenCells } from "../open-cells.js";
import { type RunState, runAt } from "../state.js";
import { copyRun } from "./copy-run.js";

/** What may be shared, as nobody changes it: keys of handles, failures, findings, plans, and of checkpoints (C1, C2). */
const immutable = new Set([
  ...["workflow", "topology", "parent", "inputs", "out", "failure", "links", "cause", "value", "ask", "wait", "answer"],
  ...["checkpoint", "done", "outside", "payload", "overlay", "letters"],
]);

/** Containers of what nobody changes: only they themselves must differ. */
const records = new Set(["between", "verdicts", "ended", "carried", "given", "outputs"]);

/** Elements that are written once: firings that wait, ranges of a queue, items under way, tokens, emits kept for their turn. */
const written = /\.(waiting\.\d+|held|flights|owed|items|kept)\.[\d:]+$/;

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The parts of an object: fields, elements, or values of a map. */
function partsOf(value: object): readonly (readonly [string, unknown])[] {
  if (value instanceof OpenCells) return [...value.values()].map((cell) => [String(cell.c), cell]);
  if (value instanceof Map) return [...value].map(([key, part]) => [String(key), part]);
  if (value instanceof Set || ArrayBuffer.isView(value)) return [];
  return Object.entries(value);
}

/** A handle, or handles by port. */
function isValue(value: object): boolean {
  if (isContainer(value)) return false;
  return isHandle(value) || Object.values(value).every((part) => isObject(part) && isHandle(part));
}

function isHandle(value: object): boolean {
  return "json" in value || "blob" in value || "list" in value || "of" in value;
}

/** Paths of everything that a copy shares with what it was made of and that could be changed. */
function shared(one: unknown, other: unknown, path: string): readonly string[] {
  if (!isObject(one) || !isObject(other)) return [];
  if (one === other) return isValue(one) || written.test(path) ? [] : [path];
  if (records.has(path.split(".").at(-1) ?? "")) return [];
  const others = new Map(partsOf(other));
  return partsOf(one).flatMap(([key, part]) =>
    immutable.has(key) ? [] : shared(part, others.get(key), `${path}.${key}`),
  );
}

function isContainer(value: object): boolean {
  return Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value);
}

/** Uses all that a run can hold: queues, triggers, emits, maps, loops, waits, held ports, collecting units, nested runs. */
const everything: WorkflowSpec[] = [
  {
    strategy: "event_driven",
    handling: "rollback",
    completion: "manual",
    inputs: { items: { default: [1, 2, 3] } },
    parameters: { limit: { default: 5 } },
    units: { all: { merge: "collect" } },
    steps: {
      p: { config: { emits: { x: 6 } } },
      c: { config: { fails: 1 }, handling: "retry", concurrency: 2, onRollback: {} },
      m: { forEach: { over: "items", concurrency: 2 }, repeat: { max: 3, carry: { x: "item" } } },
      w: { waits: "person", config: { asks: true }, timeoutMs: 100_000 },
      n: { workflow: "inner" },
      t: { ports: { go: { optional: true } } },
    },
    outputs: { end: { merge: "collect" } },
    links: ["items -> m.items", "limit -> c.limit", "c.x -> all", "all -> end", "p.sum -> n.in"],
    queues: { q: { link: "p.x => c.in", capacity: 2 } },
    triggers: {
      now: { kind: "manual", targets: ["t.go"] },
      seen: { kind: "data_updated", watch: ["all"], targets: ["t"], debounceMs: 10 },
    },
  },
  { name: "inner", handling: "rollback", inputs: { in: {} }, steps: { o: {}, i: {} }, links: ["in -> o.in"] },
];

function copiesOf(run: SteeredRun): readonly (readonly [RunState, RunState])[] {
  return run.host.tree.runs.flatMap((each) => (each === undefined ? [] : [[each, copyRun(each)] as const]));
}

describe("copy of a run", () => {
  it("shares nothing that changes, at any event", () => {
    const run = new SteeredRun(everything, {
      seed: 3,
      acts: [{ fire: "now", payload: 1 }, { fire: "now", payload: 2 }, { set: "limit", value: 6 }, { finish: true }],
      watch: ({ tree }) => {
        for (const each of tree.runs) if (each !== undefined) expect(shared(each, copyRun(each), "run")).toEqual([]);
      },
    });
    run.host.begin();
    for (let moves = 0; moves < 300 && run.host.move(); moves++);
    expect(run.host.journal.length).toBeGreaterThan(60);
  });

  it("what is done to the run does not show in the copy, nor the other way round", () => {
    const run = new SteeredRun(everything).begin();
    const before = copiesOf(run).map(([, copy]) => JSON.stringify([...copy.node]));
    const copies = copiesOf(run).map(([, copy]) => copy);
    for (let moves = 0; moves < 40; moves++) run.host.move();
    expect(copies.map((copy) => JSON.stringify([...copy.node]))).toEqual(before);
    expect(runAt(run.host.tree, 0).node).not.toEqual(copies[0]?.node);
  });
});
