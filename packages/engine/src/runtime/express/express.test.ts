import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import type { RunEvent } from "../../kernel/event.js";
import { summarize } from "../../observe/summarize.js";
import { dagSteps } from "../../testing/dag-steps.js";
import { type PlainDag, plainDag } from "../../testing/plain-dag.js";
import { checkJournal } from "../../testing/simulator/journal-rules.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, RunResult, Runtime } from "../runtime.js";
import { ExpressHandle } from "./express-handle.js";

/** Where runs on the express way are kept, and how many workflows are tried there. */
type Place = { readonly name: string; readonly seeds: number; readonly few: number };
const places: readonly Place[] = [
  { name: "memory", seeds: 24, few: 8 },
  { name: "disk", seeds: 24, few: 6 },
];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nanobrain-express-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  readonly calls: readonly string[];
  readonly handle: RunHandle;
};

type Act = (run: RunHandle, runtime: Runtime) => unknown;

/** Runs the workflow to its end; without a place a driver does. `act` happens when code is called for the `at`-th time. */
async function run(dag: PlainDag, place: Place | undefined, at = 0, act: Act = () => undefined): Promise<Ran> {
  const calls: string[] = [];
  let begun: (run: RunHandle) => void = () => undefined;
  const handleKnown = new Promise<RunHandle>((resolve) => {
    begun = resolve;
  });
  let acted: Promise<unknown> | undefined;
  const onStep = (step: string): void => {
    if (calls.push(step) === at) acted = handleKnown.then((known) => act(known, runtime));
  };
  const ways = { memory: "memory", disk: join(folder, "store") } as const;
  const store = place === undefined ? openMemoryStore() : ways[place.name as keyof typeof ways];
  const runtime = await createRuntime({ store, steps: dagSteps(dag, onStep) });
  try {
    const loaded = { plan: dag.plan, diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
    const handle = await runtime.start(loaded, dag.inputs);
    begun(handle);
    let result = await handle.result();
    await acted;
    while (result.status === "paused") {
      await handle.resume();
      result = await handle.result();
    }
    result = await handle.result();
    return { result, events: await runtime.store.events(handle.id), calls, handle };
  } finally {
    await runtime.close();
  }
}

/** What must not depend on the way, or on when things happen. */
function essence({ result }: Ran) {
  if (result.status !== "completed") return { status: result.status };
  const steps = Object.entries(result.steps).map(([name, { duration_ms: _time, error, ...step }]) => [
    name,
    { ...step, error: error === undefined ? undefined : { ...error, stack: undefined } },
  ]);
  const failures = result.failures.map(({ step, failure, handling }) => ({ step, code: failure.code, handling }));
  const { outputs, status, warnings } = result;
  return { status, steps, outputs, warnings, failures: failures.sort((a, b) => (a.step < b.step ? -1 : 1)) };
}

/** Events without their places in time. */
function kinds({ events }: Ran): readonly string[] {
  const said = events.map((event) => {
    const {
      seq: _seq,
      at: _at,
      id: _id,
      usage: _usage,
      name: _name,
      phases: _phases,
      ...rest
    } = event as {
      readonly [key: string]: unknown;
    };
    return JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
  });
  return said.sort();
}

const isSkip = (event: RunEvent): boolean => event.type === "activation.skipped";

function expectSound(dag: PlainDag, ran: Ran): void {
  expect(checkJournal(dag.plan, ran.events).faults).toEqual([]);
}

describe.each(places)("express in $name", (place) => {
  const { seeds, few } = place;

  it("plain runs: the same events, outputs and summary as a driver's, without one", async () => {
    for (let seed = 0; seed < seeds; seed++) {
      const dag = plainDag(seed, { absences: seed % 4 === 0 });
      const quick = await run(dag, place);
      const slow = await run(dag, undefined);
      expect({ seed, ...essence(quick) }).toEqual({ seed, ...essence(slow) });
      expect({ seed, kinds: kinds(quick) }).toEqual({ seed, kinds: kinds(slow) });
      expect(quick.handle).toBeInstanceOf(ExpressHandle);
      expect(slow.handle).not.toBeInstanceOf(ExpressHandle);
      const isHandedOver = (quick.handle as ExpressHandle).isHandedOver;
      expect({ seed, isHandedOver }).toEqual({ seed, isHandedOver: quick.events.some(isSkip) });
      const { status, steps, failures, warnings, duration_ms } = summarize(dag.plan, quick.events);
      expect(quick.result).toMatchObject({ status, steps, failures, warnings, duration_ms });
      expectSound(dag, quick);
    }
  });

  it("troubles: failing, absent, refused and speaking steps end as under a driver, each called as often", async () => {
    let handed = 0;
    for (let seed = 0; seed < 2 * seeds; seed++) {
      const dag = plainDag(seed, { troubles: true });
      const quick = await run(dag, place);
      const slow = await run(dag, undefined);
      expect({ seed, ...essence(quick) }).toEqual({ seed, ...essence(slow) });
      if (quick.result.status === "completed") {
        expect({ seed, kinds: kinds(quick).length }).toEqual({ seed, kinds: kinds(slow).length });
        expect({ seed, calls: [...quick.calls].sort() }).toEqual({ seed, calls: [...slow.calls].sort() });
      }
      if ((quick.handle as ExpressHandle).isHandedOver) handed++;
      expectSound(dag, quick);
    }
    expect(handed).toBeGreaterThan(seeds / 4);
  });

  const acts: { readonly [name: string]: Act } = {
    "pause and resume": (handle) => handle.pause(),
    listen: (handle) => handle.listen(() => undefined),
    hear: (handle) => handle.hear(() => undefined),
    "look by another handle": (handle, runtime) => runtime.look(handle.id),
    "pause by another handle": async (handle, runtime) => (await runtime.attach(handle.id)).pause(),
    "a request of another process": async (handle, runtime) => {
      const request = { id: "r1", runId: handle.id, at: 0, by: "other", action: { type: "pause" } } as const;
      await runtime.store.requests.post(request);
      await handle.result();
    },
  };

  it.each(Object.entries(acts))(
    "%s, at each call of code: the same end, and no code called twice",
    async (_name, act) => {
      for (let seed = 0; seed < few; seed++) {
        const dag = plainDag(`act ${seed}`, { steps: 6 });
        const plain = await run(dag, undefined);
        for (let at = 1; at <= plain.calls.length; at++) {
          // What is asked of a run that has ended meanwhile is refused.
          const acted = await run(dag, place, at, async (handle, runtime) => {
            await Promise.resolve(act(handle, runtime)).catch(() => undefined);
          });
          expect({ seed, at, ...essence(acted) }).toEqual({ seed, at, ...essence(plain) });
          expect({ seed, at, calls: [...acted.calls].sort() }).toEqual({ seed, at, calls: [...plain.calls].sort() });
          expectSound(dag, acted);
        }
      }
    },
  );

  it("cancel, at each call of code: ends as cancelled or had ended, and the journal is whole", async () => {
    for (let seed = 0; seed < few; seed++) {
      const dag = plainDag(`cancel ${seed}`, { steps: 6 });
      for (let at = 1; at <= 6; at++) {
        const ran = await run(dag, place, at, (handle) => handle.cancel("enough").catch(() => undefined));
        expect(["cancelled", "completed"]).toContain(ran.result.status);
        expectSound(dag, ran);
      }
    }
  });

  it("events: all of them in order, followed from any number, whenever one begins to", async () => {
    for (let seed = 0; seed < 2 * few; seed++) {
      const dag = plainDag(`follow ${seed}`, { steps: 8 });
      const after = seed % 5;
      let heard: Promise<number[]> | undefined;
      const follow = async (handle: RunHandle): Promise<number[]> => {
        const seen: number[] = [];
        for await (const event of handle.events(after)) seen.push(event.seq);
        return seen;
      };
      const ran = await run(dag, place, 1 + (seed % 8), (handle) => {
        heard = follow(handle);
        return heard;
      });
      const all = ran.events.map((event) => event.seq).filter((seq) => seq > after);
      expect({ seed, heard: await heard }).toEqual({ seed, heard: all });
    }
  });

  it("runs of one plan, at once and one after another, some handed over: all end alike", async () => {
    for (let seed = 0; seed < 8; seed++) {
      const dag = plainDag(`shared ${seed}`, { steps: 8 });
      const alone = await run(dag, undefined);
      const store = place.name === "disk" ? join(folder, "store") : "memory";
      const runtime = await createRuntime({ store, steps: dagSteps(dag, () => undefined) });
      const loaded = { plan: dag.plan, diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
      for (let round = 0; round < 3; round++) {
        const started = await Promise.all(Array.from({ length: 6 }, () => runtime.start(loaded, dag.inputs)));
        for (const handle of started.slice(0, round)) handle.listen(() => undefined);
        for (const handle of started) {
          const result = await handle.result();
          const events = await runtime.store.events(handle.id);
          expect({ seed, outputs: result.outputs }).toEqual({ seed, outputs: alone.result.outputs });
          expectSound(dag, { result, events, calls: [], handle });
        }
      }
      await runtime.close();
    }
  });
});
