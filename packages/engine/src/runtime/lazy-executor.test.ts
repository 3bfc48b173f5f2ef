import { describe, expect, it } from "vitest";
import type { AttemptOutcome, AttemptRequest, AttemptSink, Executor } from "../contracts/executor.js";
import { lazyExecutor } from "./lazy-executor.js";

const usage = { durationMs: 0, cpuMs: null, peakMemoryBytes: null, inputBytes: 0, outputBytes: 0 };
const never = new AbortController().signal;

function counted(): { readonly executor: Executor; readonly seen: string[] } {
  const seen: string[] = [];
  const inner: Executor = {
    name: "inner",
    lanes: 1,
    execute: (request): Promise<AttemptOutcome> => {
      seen.push(`execute ${request.id}`);
      return Promise.resolve({ status: "succeeded", outputs: {}, usage });
    },
    close: () => Promise.resolve(void seen.push("close")),
  };
  const open = (): Promise<Executor> => Promise.resolve(void seen.push("open")).then(() => inner);
  return { executor: lazyExecutor("late", 3, open), seen };
}

const request = (id: string): AttemptRequest => ({ id }) as AttemptRequest;
const sink = {} as AttemptSink;

describe("lazy executor", () => {
  it("lazy: it is opened by its first attempt, once", async () => {
    const { executor, seen } = counted();
    expect([executor.name, executor.lanes, seen]).toEqual(["late", 3, []]);
    await Promise.all([executor.execute(request("a"), sink, never), executor.execute(request("b"), sink, never)]);
    expect(seen).toEqual(["open", "execute a", "execute b"]);
  });

  it("lazy: one that nobody used is closed without being opened", async () => {
    const { executor, seen } = counted();
    await executor.close();
    expect(seen).toEqual([]);
  });

  it("lazy: after its end it is closed before it is asked, so that it refuses", async () => {
    const { executor, seen } = counted();
    await executor.close();
    await executor.execute(request("a"), sink, never);
    expect(seen).toEqual(["open", "close", "execute a"]);
  });
});
