import { afterEach, describe, expect, it } from "vitest";
import { defineStep } from "../../components/define-step.js";
import { directOf } from "../../components/direct-step.js";
import type { DirectStep } from "../../contracts/direct-step.js";
import type { OpenHttp } from "../../contracts/http.js";
import { ExecutorBench } from "../../testing/executor-bench.js";
import { SimulatedClock } from "../../testing/simulated-clock.js";
import { adoptedExecutor } from "./adopted-executor.js";

const definition = defineStep({ class: "test.Called", version: "1", run: () => ({}) });
const direct = directOf(definition) as DirectStep;

describe("adopted executor: code that was called before", () => {
  const opened: ExecutorBench[] = [];
  afterEach(async () => {
    for (const bench of opened.splice(0)) await bench.close();
  });

  /** Its time is over 400 ms from now. */
  async function adopted(ending: Promise<unknown>) {
    const clock = new SimulatedClock();
    const limit = { clock, endsAtMs: clock.monotonic() + 400, timeoutMs: 1000 };
    const begun = { call: undefined, ending, limit, definition, direct, sent: new Map(), warning: undefined };
    const bench = new ExecutorBench(({ blobs, code }) =>
      adoptedExecutor(begun, { blobs, http: code.http as OpenHttp, graceMs: 0 }),
    );
    opened.push(bench);
    await bench.open();
    return { clock, outcome: bench.run("test.Called") };
  }

  it("time: what is left of it, and no more", async () => {
    const { clock, outcome } = await adopted(new Promise(() => undefined));
    let isOver = false;
    void outcome.then(() => {
      isOver = true;
    });
    await clock.advance(399);
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    await clock.advance(1);
    const failure = { kind: "timeout", code: "E_TIMEOUT", details: { timeoutMs: 1000 } };
    expect(await outcome).toMatchObject({ status: "failed", failure });
  });

  it("time: code that ends within it leaves no timer", async () => {
    const { clock, outcome } = await adopted(Promise.resolve({ out: 1 }));
    expect(await outcome).toMatchObject({ status: "succeeded", outputs: { out: 1 } });
    expect(clock.next).toBeUndefined();
  });
});
