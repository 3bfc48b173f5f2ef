import { expect, it } from "vitest";
import type { AttemptOutcome, AttemptSink } from "../contracts/executor.js";
import { type ExecutorBench, timeout } from "./executor-bench.js";

/** A sink whose emits are held until they are let go. */
type Holding = {
  readonly sink: AttemptSink;
  /** Values that came, in order. */
  readonly came: unknown[];
  /** How many were held at once, at most. */
  readonly most: () => number;
  /** Lets go what is held, and holds nothing more. */
  release(): void;
};

function holding(bench: ExecutorBench): Holding {
  const came: unknown[] = [];
  const held: (() => void)[] = [];
  let most = 0;
  let released = false;
  const emit = (_port: string, _index: number, value: unknown): Promise<void> => {
    came.push(value);
    if (released) return Promise.resolve();
    return new Promise((resolve) => {
      most = Math.max(most, held.push(resolve));
    });
  };
  const release = (): void => {
    released = true;
    for (const go of held.splice(0)) go();
  };
  return { sink: { ...bench.sink(), emit }, came, most: () => most, release };
}

const never = new AbortController().signal;
const arrived = (list: readonly unknown[], count: number): Promise<void> =>
  expect.poll(() => list.length, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(count);

export function emits(bench: ExecutorBench): void {
  order(bench);
  waits(bench);
  faults(bench);
  room(bench);
}

function order(bench: ExecutorBench): void {
  it.each([true, false])(
    "emit: values reach the host in the order of the calls, counted per port; awaited %s",
    async (awaited) => {
      const list = [
        ["a", 1],
        ["a", { deep: [null] }],
        ["b", "x"],
        ["a", 3],
      ];
      const outcome = await bench.run("Emits", { list, awaited, result: { c: 4 } });
      expect(outcome).toMatchObject({ status: "succeeded", outputs: { c: 4 } });
      expect(bench.heard.emits).toEqual([
        ["a", 0, 1],
        ["a", 1, { deep: [null] }],
        ["b", 0, "x"],
        ["a", 2, 3],
      ]);
      const bytes = ["1", '{"deep":[null]}', '"x"', "3", '{"c":4}'].join("").length;
      expect(outcome.usage.outputBytes).toBe(bytes);
    },
  );

  it("emit: the value is the one of the call, and a secret in it is masked", async () => {
    await bench.run("EmitChanged");
    expect(bench.heard.emits).toEqual([["list", 0, [1]]]);
    await bench.run("Emits", { list: [["s", "a ${secret:T}"]] }, { secrets: { T: "hunter2!" } });
    expect(bench.heard.emits[1]).toEqual(["s", 0, "a ***"]);
  });

  it("emit: a step that only emits may return nothing", async () => {
    expect(await bench.run("Emits", { list: [["a", 1]] })).toMatchObject({ status: "succeeded", outputs: {} });
  });
}

function waits(bench: ExecutorBench): void {
  it("emit: the attempt ends when what it emitted is acknowledged, awaited or not", async () => {
    const { sink, came, release } = holding(bench);
    let released = false;
    const ends: boolean[] = [];
    const ending = Promise.all(
      ["EmitMany", "EmitThenFail"].map(async (step) => {
        const outcome = await bench.executor.execute(bench.request(step, { count: 1 }), sink, never);
        ends.push(released);
        return outcome.status;
      }),
    );
    await arrived(came, 2);
    await bench.run("Work", { busyMs: 20 });
    released = true;
    release();
    expect(await ending).toEqual(["succeeded", "failed"]);
    expect(ends).toEqual([true, true]);
  });

  it("emit: at most 64 are under way, the others wait their turn and none is lost", async () => {
    const { sink, came, most, release } = holding(bench);
    const ending = bench.executor.execute(bench.request("EmitMany", { count: 500 }), sink, never);
    await arrived(came, 64);
    await bench.run("Work", { busyMs: 20 });
    expect([came.length, most()]).toEqual([64, 64]);
    release();
    expect(await ending).toMatchObject({ status: "succeeded" });
    expect(came).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });
}

function faults(bench: ExecutorBench): void {
  it.each([
    ["c", "a number", { kind: "data_validation", code: "E_EMIT", message: expect.stringContaining("declares a, b") }],
    ["error", "a number", { kind: "data_validation", code: "E_EMIT" }],
    ["", "a number", { kind: "data_validation", code: "E_EMIT" }],
    ["a", "a function", { kind: "data_validation", code: "E_OUTPUT_VALUE", details: { path: "emit a" } }],
    ["a", "a Map", { kind: "data_validation", code: "E_OUTPUT_VALUE" }],
  ])("emit: on port %j %s is refused, and the attempt fails though the step goes on", async (port, value, failure) => {
    expect(await bench.run("EmitCaught", { port, value })).toMatchObject({ status: "failed", failure });
    expect(await bench.witnessed()).toEqual(["emit refused"]);
    expect(bench.heard.emits).toEqual([]);
  });

  it("emit: one that cannot be recorded fails the attempt with the host's reason, and none is sent after it", async () => {
    const tried: number[] = [];
    const emit = (_port: string, index: number): Promise<void> => {
      tried.push(index);
      return index < 70 ? Promise.resolve() : Promise.reject(Object.assign(new Error("disk full"), { code: "ENOSPC" }));
    };
    const request = bench.request("EmitMany", { count: 1000 });
    expect(await bench.executor.execute(request, { ...bench.sink(), emit }, never)).toMatchObject({
      status: "failed",
      failure: { kind: "resource", message: expect.stringContaining("disk full") },
    });
    expect(tried.length).toBeLessThanOrEqual(70 + 64);
  });
}

function room(bench: ExecutorBench): void {
  it("emit: an abort ends the wait for room", async () => {
    const { sink } = holding(bench);
    const aborter = new AbortController();
    const ending = bench.executor.execute(bench.request("EmitHeld"), sink, aborter.signal);
    await bench.hasWitnessed("started");
    aborter.abort(timeout);
    expect(await ending).toMatchObject({ status: "failed", failure: timeout });
    expect(await bench.witnessed()).toContain("emit refused");
  });

  it("emit: attempts that wait for room leave theirs to others", async () => {
    const { sink, came, release } = holding(bench);
    const start = (): Promise<AttemptOutcome> => bench.executor.execute(bench.request("EmitHeld"), sink, never);
    const first = Array.from({ length: bench.executor.lanes > 8 ? 3 : bench.executor.lanes }, start);
    await arrived(came, first.length);
    const second = [start(), start()];
    await arrived(came, first.length + 2);
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded" });
    release();
    const went = { status: "succeeded", outputs: { went: "on" } };
    expect(await Promise.all([...first, ...second])).toMatchObject(Array(first.length + 2).fill(went));
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded" });
  });
}

export function suspensions(bench: ExecutorBench): void {
  it("suspend: the attempt ends with the moment or the question it waits for", async () => {
    const until = await bench.run("Suspend", { until: 1_900_000_000_000 });
    expect(until).toMatchObject({ status: "suspended", until: 1_900_000_000_000 });
    expect(until.usage.durationMs).toBeGreaterThanOrEqual(0);
    const ask = { question: "Use ${secret:T}?", choices: ["yes", 1], schema: { type: "string" } };
    const asked = await bench.run("Suspend", { ask, emits: true }, { secrets: { T: "hunter2!" } });
    expect(asked).toMatchObject({ status: "suspended", ask: { ...ask, question: "Use ***?" } });
    expect(asked).not.toHaveProperty("until");
    expect(bench.heard.emits).toEqual([["n", 0, 1]]);
  });

  it("suspend: what is no moment and no question fails the attempt", async () => {
    expect(await bench.run("Suspend", { until: "soon" })).toMatchObject({ status: "failed" });
    expect(await bench.run("Suspend", {})).toMatchObject({ status: "failed" });
  });
}
