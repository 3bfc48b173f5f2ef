import { Admission, type Needs } from "../../admit/admission.js";
import type { Clock } from "../../contracts/clock.js";
import type { WatchedFile } from "../../contracts/watcher.js";
import { failureOf } from "../../errors/failure-of.js";
import type { RunEvent } from "../../kernel/event.js";
import { hashText } from "../seeded-random.js";
import { drawReactions, drawRollbacks } from "./scenario.js";
import { isUndo } from "./simulated-step.js";
import type { Planted } from "./simulation.js";

/** Hosts with one defect each. A simulator that misses its defect is worth nothing. */
export const plantedHostBugs = {
  "a commit is acknowledged before it is written": {
    store: (store, clock) => ({
      ...store,
      commit: async (batches) => {
        clock.wake(clock.now() + 3, () => void Promise.resolve(store.commit(batches)).catch(() => undefined));
      },
    }),
  },
  "a commit that failed counts as written": {
    store: (store) => ({ ...store, commit: async (batches) => void (await tried(store.commit(batches))) }),
  },
  "the timer of a retry is lost": {
    clock: (clock) => everyNthWake(clock, 7, () => () => undefined),
  },
  "a resumed run forgets its last event, and starts an attempt twice": {
    store: (store) => ({
      ...store,
      events: async (runId, after, limit) => withoutLast(await store.events(runId, after, limit)),
    }),
  },
  "a slot is not given back": { admission: (sizes) => new LeakyAdmission(sizes) },
  "more is admitted than there is room": { admission: () => new Admission({}) },
  "a transition is written in two": {
    store: (store, clock) => ({
      ...store,
      commit: async (batches) => {
        await store.commit(batches.map((batch) => (batch.record === undefined ? batch : { ...batch, events: [] })));
        await new Promise<void>((resolve) => clock.wake(clock.now() + 3, resolve));
        const late = batches.filter((batch) => batch.record !== undefined);
        if (late.length > 0) await store.commit(late.map(({ record: _record, ...rest }) => rest));
      },
    }),
  },
  "what was recorded of effects is lost": {
    store: (store) => ({
      ...store,
      events: async (runId, after, limit) => (await store.events(runId, after, limit)).map(forgetEffect),
    }),
  },
  "a file that came is not told of": {
    draw: drawReactions,
    watcher: ({ watch }) => ({
      watch: (folder, pattern, debounceMs, onFile, onProblem) => {
        const some = (file: WatchedFile): void => {
          if (hashText(file.key) % 3 !== 0) onFile(file);
        };
        return watch(folder, pattern, debounceMs, some, onProblem);
      },
    }),
  },
  "an undoing counts before it was done": {
    draw: drawRollbacks,
    script: (request, script) =>
      isUndo(request) ? { latencyMs: 0, graceMs: 0, end: () => ({ outputs: {} }) } : script,
  },
  "what is undone is forgotten by whoever takes over": {
    draw: drawRollbacks,
    store: (store) => ({
      ...store,
      events: async (runId, after, limit) =>
        (await store.events(runId, after, limit)).filter(({ type }) => type !== "undo.ended"),
    }),
  },
  "the result of another attempt is taken": {
    script: (request, script) => ({
      ...script,
      end: () => {
        const ended = script.end();
        const isOld = request.attempt > 1 && "outputs" in ended && Object.keys(ended.outputs).length > 0;
        return isOld ? { outputs: Object.fromEntries(Object.keys(ended.outputs).map((port) => [port, "old"])) } : ended;
      },
    }),
  },
  "a drain costs a retry": {
    store: (store) => ({
      ...store,
      commit: (batches) =>
        store.commit(batches.map((batch) => ({ ...batch, events: batch.events.map(drainAsFailure) }))),
    }),
  },
} as const satisfies { [bug: string]: Planted };

function drainAsFailure(event: RunEvent): RunEvent {
  if (event.type !== "attempt.lost" || event.cause !== "drain") return event;
  const { cause: _cause, ...at } = event;
  return { ...at, type: "attempt.failed", failure: failureOf("E_STEP", {}), links: [], jitter: 0 };
}

/** Resolves however the commit ends. */
async function tried(commit: void | Promise<void>): Promise<void> {
  try {
    await commit;
  } catch {
    return;
  }
}

function withoutLast(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.at(-1)?.type === "attempt.started" ? events.slice(0, -1) : events;
}

function forgetEffect(event: RunEvent): RunEvent {
  return event.type === "effect.recorded" ? { ...event, name: `${event.name} forgotten` } : event;
}

function everyNthWake(clock: Clock, n: number, instead: (callback: () => void) => () => void): Clock {
  let count = 0;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    random: () => clock.random(),
    wake: (at, callback) => {
      // What is due at once is the host's own order of work, not a timer.
      if (at <= clock.now()) return clock.wake(at, callback);
      count++;
      return clock.wake(at, count % n === 0 ? instead(callback) : callback);
    },
  };
}

class LeakyAdmission extends Admission {
  #given = 0;

  override give(needs: Needs): void {
    this.#given++;
    if (this.#given % 5 !== 0) super.give(needs);
  }
}

export type PlantedHostBug = keyof typeof plantedHostBugs;
