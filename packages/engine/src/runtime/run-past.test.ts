import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSqliteStore } from "../adapters/stores/sqlite/sqlite-store.js";
import type { Store } from "../contracts/store.js";
import { createRuntime, defineStep, defineWorkflow } from "../index.js";
import { RunPast } from "./run-past.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-past-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let broken = true;
const Work = defineStep({ class: "lab.Work", version: "1", run: () => ({ out: 1 }) });
const Last = defineStep({
  class: "lab.Last",
  version: "1",
  run: () => {
    if (broken) throw new TypeError("not yet");
    return { out: 2 };
  },
});

const workflow = defineWorkflow({
  name: "long",
  steps: {
    first: { class: Work, cache: "off", outputs: ["out"] },
    second: { class: Work, cache: "off", outputs: ["out"], inputs: { in: { from: "first.out" } } },
    third: { class: Work, cache: "off", outputs: ["out"], inputs: { in: { from: "second.out" } } },
    last: { class: Last, cache: "off", outputs: ["out"], inputs: { in: { from: "third.out" } } },
  },
});

/** Numbers of events that were read of the run, page by page. */
function watched(store: Store, reads: number[]): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const call = value.bind(target) as (...given: readonly unknown[]) => unknown;
      if (name !== "events") return call;
      return async (...given: Parameters<Store["events"]>) => {
        const found = await target.events(...given);
        reads.push(found.length);
        return found;
      };
    },
  });
}

it("resume: the journal is read once, and progress and result are those of a run that was read anew", async () => {
  const store = await openSqliteStore({ folder: join(folder, "store") });
  const reads: number[] = [];
  const options = { store: watched(store, reads), steps: [Work, Last], environment: {} };
  const first = await createRuntime(options);
  const begun = await first.start(await first.load(workflow), {});
  expect((await begun.result()).status).toBe("failed");
  await first.close();
  await store.close();

  const again = await openSqliteStore({ folder: join(folder, "store") });
  const second = await createRuntime({ ...options, store: watched(again, reads) });
  reads.length = 0;
  broken = false;
  const run = await second.resume(begun.id);
  const result = await run.result();
  const events = (await again.events(begun.id)).length;
  expect(result.status).toBe("completed");
  expect(reads.reduce((sum, count) => sum + count, 0)).toBeLessThan(events + 12);
  const { summary } = await second.look(begun.id);
  expect({ ...result, outputs: {} }).toEqual({ ...summary, outputs: {} });
  expect(run.progress()).toEqual((await second.attach(begun.id)).progress());
  await second.close();
  await again.close();
});

it("trace: is there while somebody else keeps it, and up to the last event that was seen", async () => {
  const runtime = await createRuntime({ store: "memory", steps: [Work, Last], environment: {} });
  broken = false;
  const run = await runtime.start(await runtime.load(workflow), {});
  await run.result();
  const past = new RunPast(run.plan);
  const { events } = await runtime.look(run.id);
  for (const event of events) past.see(event);
  past.end();
  expect(past.trace()?.lastSeq).toBe(events.length);
  expect(past.seen).toBe(events.length);
  await runtime.close();
});
