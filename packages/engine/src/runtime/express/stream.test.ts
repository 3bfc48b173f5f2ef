import { describe, expect, it } from "vitest";
import { openMemoryStore } from "../../adapters/stores/memory/memory-store.js";
import { defineStep } from "../../components/define-step.js";
import type { StepDefinition } from "../../contracts/component.js";
import type { DirectArguments } from "../../contracts/direct-step.js";
import type { RunEvent } from "../../kernel/event.js";
import { summarize } from "../../observe/summarize.js";
import { type PlainStream, plainStream, streamCode } from "../../testing/plain-stream.js";
import { checkJournal } from "../../testing/simulator/journal-rules.js";
import { createRuntime } from "../create-runtime.js";
import type { RunHandle, RunResult, Runtime } from "../runtime.js";
import { ExpressHandle } from "./express-handle.js";

const SEEDS = 40;

type Ran = {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  readonly calls: readonly string[];
  readonly isHandedOver: boolean;
};

type Act = (run: RunHandle, runtime: Runtime) => unknown;

function stepsOf({ spec }: PlainStream, onStep: (step: string) => void): StepDefinition[] {
  const pause = (): Promise<void> => new Promise(setImmediate);
  return Object.keys(spec.steps).map((name, index) => {
    const run = (given: DirectArguments) => {
      onStep(name);
      return streamCode(name, given, pause) as { readonly out: number };
    };
    const common = { class: `built.${name}`, version: "1" } as const;
    if (index % 2 === 0) return defineStep({ ...common, run: (given) => run(given as unknown as DirectArguments) });
    return defineStep({
      ...common,
      run: ({ inputs, config, emit, log }) => run({ inputs, config, emit, log } as unknown as DirectArguments),
    });
  });
}

/** Runs the workflow to its end. `act` happens when code is called for the `at`-th time. */
async function run(stream: PlainStream, express: boolean, at = 0, act: Act = () => undefined): Promise<Ran> {
  const calls: string[] = [];
  let begun: (run: RunHandle) => void = () => undefined;
  const known = new Promise<RunHandle>((resolve) => {
    begun = resolve;
  });
  let acted: Promise<unknown> | undefined;
  const onStep = (step: string): void => {
    if (calls.push(step) === at) acted = known.then((handle) => act(handle, runtime));
  };
  const runtime = await createRuntime({
    ...(express ? {} : { store: openMemoryStore() }),
    steps: stepsOf(stream, onStep),
  });
  try {
    const loaded = { plan: stream.plan, diagnostics: [], project: process.cwd(), phases: {}, compiled: false };
    const handle = await runtime.start(loaded, stream.inputs);
    begun(handle);
    let result = await handle.result();
    await acted;
    while (result.status === "paused") {
      await handle.resume();
      result = await handle.result();
    }
    result = await handle.result();
    const isHandedOver = !(handle instanceof ExpressHandle) || handle.isHandedOver;
    return { result, events: await runtime.store.events(handle.id), calls, isHandedOver };
  } finally {
    await runtime.close();
  }
}

/** What must not depend on the way, or on when things happen. */
function essence({ result }: Ran, { isMixed }: PlainStream) {
  if (result.status !== "completed") return { status: result.status };
  const steps = Object.entries(result.steps).map(([name, { duration_ms: _time, error: _error, ...step }]) => [
    name,
    step,
  ]);
  const { outputs, status, warnings } = result;
  // Outputs keep what came last, which depends on time where lines meet.
  return { status, steps, outputs: isMixed ? Object.keys(outputs).sort() : outputs, warnings };
}

/** Events without their places in time and line. */
function kinds({ events }: Ran, { isMixed }: PlainStream): readonly string[] {
  const timely = new Set(["seq", "at", "id", "usage", "name", "phases", ...(isMixed ? ["n", "index"] : [])]);
  const said = events.map((event) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(event)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .filter(([key]) => !timely.has(key)),
      ),
    ),
  );
  return said.sort();
}

/** Whether what comes last decides by which link something was found missing. */
const isSound = (stream: PlainStream, ran: Ran): readonly string[] => checkJournal(stream.plan, ran.events).faults;

describe("streams", () => {
  it("plain runs: the same events, outputs and summary as a driver's, most of them without one", async () => {
    let alone = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const stream = plainStream(seed, { absences: seed % 2 === 0 });
      const quick = await run(stream, true);
      const slow = await run(stream, false);
      expect({ seed, ...essence(quick, stream) }).toEqual({ seed, ...essence(slow, stream) });
      expect({ seed, kinds: kinds(quick, stream) }).toEqual({ seed, kinds: kinds(slow, stream) });
      expect({ seed, faults: isSound(stream, quick) }).toEqual({ seed, faults: [] });
      const { status, steps, failures, warnings, duration_ms } = summarize(stream.plan, quick.events);
      expect(quick.result).toMatchObject({ status, steps, failures, warnings, duration_ms });
      alone += Number(!quick.isHandedOver);
    }
    expect(alone).toBeGreaterThan(SEEDS / 2);
  });

  it("troubles: failing, absent, refused and speaking steps end as under a driver", async () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const stream = plainStream(`trouble ${seed}`, { absences: true, troubles: true });
      const quick = await run(stream, true);
      const slow = await run(stream, false);
      expect({ seed, ...essence(quick, stream) }).toEqual({ seed, ...essence(slow, stream) });
      expect({ seed, faults: isSound(stream, quick) }).toEqual({ seed, faults: [] });
    }
  });

  const acts: { readonly [act: string]: Act } = {
    pause: (handle) => handle.pause(),
    listen: (handle) => {
      handle.listen(() => undefined);
    },
    look: (_handle, runtime) => runtime.store.runs({ unfinished: true }),
  };

  it.each(Object.entries(acts))(
    "%s: at each call, the run ends as it would have, each step called as often",
    async (_name, act) => {
      for (let seed = 0; seed < 8; seed++) {
        const stream = plainStream(`act ${seed}`, { absences: seed % 2 === 0 });
        const plain = await run(stream, false);
        for (let at = 1; at <= plain.calls.length; at += 1 + (seed % 3)) {
          const ran = await run(stream, true, at, act);
          expect({ seed, at, ...essence(ran, stream) }).toEqual({ seed, at, ...essence(plain, stream) });
          expect({ seed, at, calls: [...ran.calls].sort() }).toEqual({ seed, at, calls: [...plain.calls].sort() });
          expect({ seed, at, faults: isSound(stream, ran) }).toEqual({ seed, at, faults: [] });
        }
      }
    },
  );
});
