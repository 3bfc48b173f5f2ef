import { expect, it } from "vitest";
import { type ExecutorBench, timeout } from "./executor-bench.js";

export function aborts(bench: ExecutorBench, { ends }: { readonly ends: boolean }): void {
  it("abort: code that obeys its signal ends, and the outcome is the reason of the signal", async () => {
    expect(await bench.aborted("Obey")).toMatchObject({ status: "failed", failure: timeout });
    expect(await bench.witnessed()).toEqual(["started", "obeyed"]);
  });

  it("abort: a result that comes after it is refused", async () => {
    expect(await bench.aborted("Succeed")).toMatchObject({ status: "failed", failure: timeout });
  });

  it("abort: before the start nothing runs", async () => {
    expect(await bench.run("Ignore", {}, {}, AbortSignal.abort(timeout))).toMatchObject({
      status: "failed",
      failure: timeout,
    });
    expect(await bench.witnessed()).toEqual([]);
  });

  it("abort: effects and files that come after it are refused", async () => {
    expect(await bench.aborted("Late")).toMatchObject({ failure: timeout });
    if (!ends) await bench.hasWitnessed("file refused");
    expect(bench.heard.effects).toEqual([]);
  });

  it("abort: an abort without a reason of ours is a cancellation", async () => {
    expect(await bench.aborted("Obey", new DOMException("stop", "AbortError"))).toMatchObject({
      failure: { kind: "cancelled", code: "E_CANCELLED" },
    });
  });
}

export function closing(bench: ExecutorBench): void {
  it("close: what runs is cancelled, what comes is refused", async () => {
    const running = bench.run("Obey");
    await bench.hasWitnessed("started");
    await bench.executor.close();
    const cancelled = { status: "failed", failure: { kind: "cancelled", code: "E_CANCELLED" } };
    expect(await running).toMatchObject(cancelled);
    expect(await bench.run("Echo")).toMatchObject(cancelled);
  });
}

export function endings(bench: ExecutorBench): void {
  it.each(["Ignore", "Spin"])("end: %s is ended at its abort, and does not run on", async (step) => {
    expect(await bench.aborted(step)).toMatchObject({ status: "failed", failure: timeout });
    const after = (await bench.witnessed()).length;
    // Another attempt takes its time meanwhile.
    expect(await bench.run("Work", { busyMs: 50 })).toMatchObject({ status: "succeeded" });
    expect((await bench.witnessed()).length).toBe(after);
  });

  it("end: while one attempt spins, others and the event loop go on", async () => {
    const aborter = new AbortController();
    const spinning = bench.run("Spin", {}, {}, aborter.signal);
    await bench.hasWitnessed("started");
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded" });
    aborter.abort(timeout);
    expect(await spinning).toMatchObject({ failure: timeout });
  });
}

export function isolation(bench: ExecutorBench): void {
  it.each([
    ["Exit", { code: 3 }, "process.exit(3)"],
    ["Exit", { code: 0 }, "process.exit(0)"],
    ["Uncaught", {}, "in a callback"],
    ["Rejection", {}, "nobody awaits"],
  ])("isolation: %s %j fails its own attempt only", async (step, config, what) => {
    const other = bench.run("Work", { busyMs: 20 });
    const outcome = await bench.run(step, config);
    expect(outcome).toMatchObject({ status: "failed", failure: { kind: "step", code: "E_LANE_DIED" } });
    expect(JSON.stringify(outcome)).toContain(what);
    expect(await other).toMatchObject({ status: "succeeded" });
    expect(await bench.run("Echo", {}, { inputs: { a: 1 } })).toMatchObject({ status: "succeeded", outputs: { a: 1 } });
  });

  it("isolation: an attempt that runs out of memory is named so, and fails alone", async () => {
    const other = bench.run("Work", { busyMs: 20 });
    const outcome = await bench.run("Hoard", {}, { memoryBytes: 40 * 1024 * 1024 });
    expect(outcome).toMatchObject({ status: "failed", failure: { kind: "resource", code: "E_OUT_OF_MEMORY" } });
    expect(await other).toMatchObject({ status: "succeeded" });
    expect(await bench.run("Echo")).toMatchObject({ status: "succeeded" });
  });

  it("isolation: timers that an attempt leaves behind do not run on beside the next one", async () => {
    expect(await bench.run("Leak")).toMatchObject({ status: "succeeded", outputs: { leaking: true } });
    expect(bench.heard.logs).toEqual([expect.stringContaining("left running")]);
    const after = (await bench.witnessed()).length;
    expect(await bench.run("Work", { busyMs: 50 })).toMatchObject({ status: "succeeded" });
    expect((await bench.witnessed()).length).toBe(after);
  });

  it("isolation: what code prints becomes lines of its log", async () => {
    expect(await bench.run("Print")).toMatchObject({ status: "succeeded" });
    expect(bench.heard.logs).toEqual(["info one", "info two parts", "warn trouble", "info no end of line"]);
  });
}
