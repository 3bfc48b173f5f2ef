import { createHook } from "node:async_hooks";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AttemptOutcome, AttemptRequest, NearExecutor } from "../../contracts/executor.js";
import { StopSign } from "../../contracts/stop-sign.js";
import { conformanceCodeSpec } from "../../testing/conformance-steps.js";
import { openMemoryBlobs } from "../blobs/memory-blobs.js";
import { laneExecutor } from "./lane-pool.js";
import { openThread } from "./thread/thread-carrier.js";

const counts = { posted: 0, received: 0 };
let executor: NearExecutor;

beforeEach(() => {
  executor = laneExecutor("thread", {
    blobs: openMemoryBlobs(),
    lanes: 2,
    postsAhead: true,
    open(memoryBytes, events) {
      const received: typeof events.received = (message) => {
        counts.received += 1;
        events.received(message);
      };
      const carrier = openThread(conformanceCodeSpec(), memoryBytes, { ...events, received });
      const post: typeof carrier.post = (message) => {
        counts.posted += 1;
        carrier.post(message);
      };
      return { ...carrier, post };
    },
  });
});
afterEach(() => executor.close());

const echo = { class: "Echo", version: "1", config: {} };
const folders = { project: "/", roots: [], blobs: null, scratch: "/" };
const inputPorts: readonly string[] = ["n"];
const begun: number[] = [];

function request(n: number, component = echo): AttemptRequest {
  const place = { runId: "run", step: `each[${n}]`, idempotencyKey: `run:${n}`, id: `run:${n}`, attempt: 1 };
  return { ...place, component, inputs: { n }, inputPorts, outputPorts: inputPorts, folders, secrets: {}, effects: {} };
}

const sinkOf = (n: number) => ({
  begins: () => void begun.push(n),
  effect: () => Promise.resolve(),
  emit: () => Promise.resolve(),
  log: () => undefined,
  progress: () => undefined,
});

const many = (count: number, stop?: StopSign, from = 0): Promise<AttemptOutcome[]> => {
  const numbers = Array.from({ length: count }, (_, n) => from + n);
  return Promise.all(numbers.map((n) => executor.perform(request(n), sinkOf(n), stop ?? new StopSign())));
};

it("batches: a thousand short attempts take far fewer messages, and few promises each", async () => {
  await many(200);
  Object.assign(counts, { posted: 0, received: 0 });
  let promises = 0;
  const init = (_id: number, type: string): void => {
    if (type === "PROMISE") promises += 1;
  };
  const hook = createHook({ init }).enable();
  const outcomes = await many(1000);
  hook.disable();
  expect(outcomes.map((outcome) => (outcome.status === "succeeded" ? outcome.outputs["n"] : undefined))).toEqual(
    Array.from({ length: 1000 }, (_, n) => n),
  );
  expect(counts.posted).toBeLessThan(150);
  expect(counts.received).toBeLessThan(150);
  // That of `perform`, and what this test makes around it.
  expect(promises / 1000).toBeLessThan(3);
});

it("batches: what is stopped before it begins ends at once, and its code is not run", async () => {
  await many(200);
  begun.length = 0;
  const stop = new StopSign();
  const going = many(50);
  const stopped = many(50, stop, 1000);
  const reason = { kind: "cancelled", code: "E_CANCELLED", message: "Attempt was cancelled: stop" } as const;
  stop.raise(reason);
  for (const outcome of await stopped) expect(outcome).toMatchObject({ status: "failed", failure: reason });
  for (const outcome of await going) expect(outcome.status).toBe("succeeded");
  expect(begun.filter((n) => n >= 1000)).toEqual([]);
});
