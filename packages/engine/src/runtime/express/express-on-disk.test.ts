import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineStep } from "../../components/define-step.js";
import type { Json } from "../../contracts/json.js";
import type { StoreBatch } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import { buildPlan } from "../../testing/plan-builder.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, Runtime } from "../runtime.js";
import { ExpressHandle } from "./express-handle.js";

type Code = (given: { readonly inputs: { readonly [port: string]: Json }; readonly signal: AbortSignal }) => unknown;

const COUNT = 20;

/** A chain of so many steps whose code is the same. */
function chainOf(count: number) {
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const links = names.slice(1).map((name, index) => `s${index}.out -> ${name}.in`);
  const spec = {
    name: "chain",
    steps: Object.fromEntries(names.map((name) => [name, {}])),
    outputs: { end: { optional: true } },
    links: [...links, `s${count - 1}.out -> end`],
  };
  return {
    names,
    loaded: { plan: buildPlan(spec), diagnostics: [], project: process.cwd(), phases: {}, compiled: false },
  };
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-on-disk-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Opened = { readonly runtime: Runtime; readonly commits: (readonly StoreBatch[])[]; start(): Promise<RunHandle> };

/** `answer`: what the store does with its n-th commit, before it commits. */
async function opened(code: Code, answer: (n: number) => void = () => undefined, count = COUNT): Promise<Opened> {
  const { names, loaded } = chainOf(count);
  const steps = names.map((name) =>
    defineStep({ class: `built.${name}`, version: "1", run: (given) => code(given as never) as { out: Json } }),
  );
  const runtime = await createRuntime({ store: join(folder, "store"), steps });
  const commits: (readonly StoreBatch[])[] = [];
  const { store } = runtime;
  const commit = store.commit.bind(store);
  store.commit = (batches) => {
    answer(commits.push(batches));
    return commit(batches);
  };
  return { runtime, commits, start: () => runtime.start(loaded, {}) };
}

const pass: Code = () => ({ out: 1 });
const isPlain = (handle: RunHandle): boolean => handle instanceof ExpressHandle && !handle.isHandedOver;

describe("express on disk", () => {
  it.each<readonly [string, Code]>([
    ["at once", pass],
    ["with a promise", async () => ({ out: 1 })],
  ])("syncs: one for each step of a run alone, whose code ends %s", async (_name, code) => {
    const { runtime, commits, start } = await opened(code);
    const handle = await start();
    expect((await handle.result()).status).toBe("completed");
    expect(isPlain(handle)).toBe(true);
    expect(commits.map((batches) => batches.length)).toEqual(Array.from({ length: COUNT + 1 }, () => 1));
    await runtime.close();
  });

  it("syncs: runs that go on beside each other share them", async () => {
    const { runtime, commits, start } = await opened(pass);
    const handles = await Promise.all(Array.from({ length: 50 }, () => start()));
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.every(({ status }) => status === "completed")).toBe(true);
    expect(handles.every(isPlain)).toBe(true);
    // Names that are taken are drawn anew: some begin later.
    expect(commits.length).toBeLessThan(4 * COUNT);
    await runtime.close();
  });

  it("journal: at most 400 bytes for each step of a chain", async () => {
    const { runtime, commits, start } = await opened(pass);
    await (await start()).result();
    const bytes = commits.flat().reduce((sum, { text }) => sum + Buffer.byteLength(text?.list ?? ""), 0);
    expect(bytes / COUNT).toBeGreaterThan(200);
    expect(bytes / COUNT).toBeLessThan(400);
    await runtime.close();
  });

  it.each(["E_STORE_IO", "E_STORE_LOCKED"] as const)(
    "%s: nothing more is called, whoever waits is told, and another process goes on from what is on disk",
    async (code) => {
      let calls = 0;
      const counted: Code = () => ({ out: ++calls });
      const failing = (n: number): void => {
        if (n === 6) throw nanobrainError(code, { file: "journal", what: "no more" });
      };
      const first = await opened(counted, failing);
      const handle = await first.start();
      await expect(handle.result()).rejects.toMatchObject({ code });
      expect(calls).toBe(5);
      await expect(handle.result()).rejects.toMatchObject({ code });
      await first.runtime.close();
      const second = await opened(counted);
      const resumed = await second.runtime.resume(handle.id);
      expect(await resumed.result()).toMatchObject({ status: "completed", outputs: { end: COUNT + 1 } });
      await second.runtime.close();
    },
  );

  it("failed commit: the signals of code that runs are aborted", async () => {
    let aborted: unknown;
    let calls = 0;
    const code: Code = ({ signal }) => {
      if (++calls !== 2) return Promise.resolve({ out: 1 });
      signal.addEventListener("abort", () => {
        aborted = signal.reason;
      });
      return new Promise(() => undefined);
    };
    const spec = { name: "wide", steps: { s0: {}, s1: {}, s2: {} }, links: ["s0.out -> s1.in", "s0.out -> s2.in"] };
    const { runtime } = await opened(code, (n) => {
      if (n === 3) throw nanobrainError("E_STORE_IO", { file: "journal", what: "no more" });
    });
    const loaded = { plan: buildPlan(spec), diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
    const handle = await runtime.start(loaded, {});
    await expect(handle.result()).rejects.toMatchObject({ code: "E_STORE_IO" });
    await runtime.close({ drainMs: 0 });
    expect([calls, aborted]).toMatchObject([3, { code: "E_STORE_IO" }]);
  });

  it("full disk: the run waits, and goes on with the same batch when there is room", async () => {
    const { runtime, commits, start } = await opened(pass, (n) => {
      if (n === 5) throw nanobrainError("E_STORE_FULL", { file: "journal", what: "full" });
    });
    const handle = await start();
    expect((await handle.result()).status).toBe("completed");
    expect([isPlain(handle), commits.length]).toEqual([true, COUNT + 2]);
    expect(commits[5]).toEqual(commits[4]);
    await runtime.close();
  });

  it("large values: the engine keeps them beside the journal", async () => {
    const { runtime, start } = await opened(() => ({ out: "x".repeat(9000) }));
    const handle = await start();
    expect((await handle.result()).outputs["end"]).toHaveLength(9000);
    const events = await runtime.store.events(handle.id);
    const given = events.flatMap((event) => (event.type === "attempt.succeeded" ? [event.out["out"]] : []));
    expect(given.every((value) => value !== undefined && "blob" in value)).toBe(true);
    expect(isPlain(handle)).toBe(false);
    await runtime.close();
  });

  it("who looks: sees what is on disk only, and the end once it is there", async () => {
    const seen: [number, number][] = [];
    const opening = await opened(pass);
    const { runtime, commits, start } = opening;
    const handle = await start();
    const watch = async (): Promise<void> => {
      while (handle.status !== "completed") {
        const last = (await runtime.store.find(handle.id))?.lastSeq ?? 0;
        seen.push([last, Math.max(2, ...commits.flat().map(({ text }) => text?.last ?? 0))]);
        await new Promise(setImmediate);
      }
    };
    await Promise.all([watch(), handle.result()]);
    expect(seen.filter(([found, kept]) => found !== kept)).toEqual([]);
    expect((await runtime.store.find(handle.id))?.status).toBe("completed");
    await runtime.close();
  });

  it("last events: who listens when all has happened, and nothing is on disk yet, hears of the rest", async () => {
    const heard: string[] = [];
    let ended: RunHandle | undefined;
    const { runtime, start } = await opened(pass, (n) => {
      if (n !== COUNT + 1) return;
      ended?.listen((event) => heard.push(event.type));
      expect(ended?.status).toBe("running");
    });
    ended = await start();
    expect((await ended.result()).status).toBe("completed");
    expect(heard).toEqual(["attempt.succeeded", "unit.updated", "run.completed"]);
    await runtime.close();
  });
});
