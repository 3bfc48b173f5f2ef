import { callAfter } from "../contracts/clock.js";
import type { WatchedFile } from "../contracts/watcher.js";
import { classify } from "../errors/classify.js";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import type { RunTree } from "../kernel/state.js";
import { isAtWork } from "../kernel/triggers/trigger-shape.js";
import { MetricsFold } from "../observe/metrics.js";
import type { PlanTrigger, WorkflowPlan } from "../plan/plan.js";
import { ConditionWatch } from "./condition-watch.js";
import type { ReactParts } from "./react-parts.js";

/** Moments of a timer that are made up for at most, after a long time without anybody looking. */
const MAX_MISSED = 1000;

type Place = { readonly run: number; readonly trigger: number; readonly plan: PlanTrigger };

/** What one run of the tree watches of the outside. */
type Watching = {
  readonly conditions: ConditionWatch;
  readonly stops: Map<number, () => void>;
  /** Of triggers with an interval: look again once it has passed, in case the wall clock has been set back. */
  readonly alarms: Map<number, () => void>;
};

/**
 * What the triggers of a run tree see of the outside: folders are watched, timers told when they are due next, conditions
 * looked at. It tells the kernel through inputs and decides nothing. With nothing due it does nothing.
 */
export class Reactions {
  readonly #parts: ReactParts;
  readonly #tree: RunTree;
  readonly #tell: (input: Unstamped) => void;
  readonly #metrics: MetricsFold;
  readonly #watching = new Map<number, Watching>();
  #live = false;

  constructor(parts: ReactParts, tree: RunTree, tell: (input: Unstamped) => void) {
    this.#parts = parts;
    this.#tree = tree;
    this.#tell = tell;
    this.#metrics = new MetricsFold(tree.plan);
  }

  /** Takes in an event, of the past (before `start`) or the present. */
  hear(event: RunEvent): void {
    this.#metrics.apply(event);
    if (event.type === "run.started") this.#begin(event.run, event.workflow);
    if (event.type === "run.resumed") this.#beginAgain();
    for (const [run, { conditions }] of this.#watching) {
      if (this.#tree.runs[run] === undefined) this.#end(run);
      else conditions.hear(event);
    }
    if (event.type === "trigger.armed") this.#setAlarm(this.#placeOf(event.run, event.trigger), event.due);
    if (event.type === "trigger.fired") this.#arm(this.#placeOf(event.run, event.trigger));
    if (event.type === "trigger.retried") this.#retry(this.#placeOf(event.run, event.trigger), event.due);
    const over = endOf(event);
    if (over !== undefined) this.#end(over);
  }

  /** From here on folders are watched and timers armed; what was due meanwhile counts as missed. */
  start(): void {
    this.#live = true;
    for (const [run, { conditions }] of this.#watching) {
      this.#startRun(run);
      conditions.start();
    }
  }

  stop(): void {
    this.#live = false;
    for (const run of [...this.#watching.keys()]) this.#end(run);
  }

  #begin(run: number, workflow: number): void {
    const plan = this.#tree.plan.workflows[workflow];
    if (plan === undefined || !plan.triggers.some((trigger) => isAtWork(plan, trigger))) return;
    const conditions = new ConditionWatch(run, plan, this.#parts, this.#metrics, this.#tell);
    this.#watching.set(run, { conditions, stops: new Map(), alarms: new Map() });
    if (!this.#live) return;
    this.#startRun(run);
    conditions.start();
  }

  /** A failed run is tried again. */
  #beginAgain(): void {
    this.#tree.runs.forEach((run, index) => {
      if (run?.status === "running" && !this.#watching.has(index))
        this.#begin(index, this.#tree.plan.workflows.indexOf(run.workflow));
    });
  }

  #startRun(run: number): void {
    this.#workflowOf(run)?.triggers.forEach((plan, trigger) => {
      const place = { run, trigger, plan };
      if (this.#tree.runs[run]?.triggers[trigger]?.active !== true) return;
      if (plan.timer !== undefined) this.#arm(place);
      if (plan.folder !== undefined) this.#watchFolder(place);
    });
  }

  #workflowOf(run: number): WorkflowPlan | undefined {
    return this.#tree.runs[run]?.workflow;
  }

  #placeOf(run: number, trigger: number): Place | undefined {
    const plan = this.#workflowOf(run)?.triggers[trigger];
    return plan === undefined ? undefined : { run, trigger, plan };
  }

  /** Tells when a timer is due next, and how often it was while nobody looked. */
  #arm(place: Place | undefined): void {
    const timer = place?.plan.timer;
    if (place === undefined || timer === undefined || !this.#isWatched(place.run)) return;
    const { run, trigger } = place;
    const state = this.#tree.runs[run]?.triggers[trigger];
    if (state?.exhausted === true) return;
    const now = this.#parts.clock.now();
    const due = state?.due ?? Number.POSITIVE_INFINITY;
    if (due > now && Number.isFinite(due)) return this.#setAlarm(place, due);
    try {
      const { nextDue, missedBetween } = this.#parts.schedule;
      const unseen = Number.isFinite(due);
      const last = unseen ? due : state?.lastDue || now;
      const missed = missedBetween(timer, last, now, MAX_MISSED) + (unseen ? 1 : 0);
      this.#tell({ type: "trigger.armed", run, trigger, due: nextDue(timer, now, last), missed });
    } catch (error) {
      this.#fail(place, error);
    }
  }

  /** An interval is time that passes, wherever the wall clock is set: at its end the trigger is due, also if its moment is far again. */
  #setAlarm(place: Place | undefined, due: number | null): void {
    const timer = place?.plan.timer;
    if (place === undefined || due === null || timer?.intervalMs === undefined || !this.#isWatched(place.run)) return;
    const { run, trigger } = place;
    const { clock } = this.#parts;
    const alarms = this.#watching.get(run)?.alarms;
    alarms?.get(trigger)?.();
    const look = (): void => {
      const now = clock.now();
      if (!this.#isWatched(run) || this.#tree.runs[run]?.triggers[trigger]?.due !== due || now >= due) return;
      this.#tell({ type: "trigger.armed", run, trigger, due: now, missed: 0 });
    };
    const waitMs = Math.min(due - clock.now(), timer.intervalMs);
    alarms?.set(trigger, callAfter(clock, Math.max(0, waitMs), look));
  }

  #watchFolder(place: Place): void {
    const { run, trigger, plan } = place;
    const watching = this.#watching.get(run);
    if (watching === undefined || plan.folder === undefined) return;
    watching.stops.get(trigger)?.();
    const found = ({ path, key }: WatchedFile): void => {
      void Promise.resolve(this.#parts.values.save(path)).then((payload) => {
        if (this.#isWatched(run)) this.#tell({ type: "trigger.fired", run, trigger, payload, key, by: "folder" });
      });
    };
    const { path, pattern } = plan.folder;
    const stop = this.#parts.watcher.watch(path, pattern, plan.debounceMs, found, (problem) =>
      this.#fail(place, problem),
    );
    watching.stops.set(trigger, stop);
  }

  #fail({ run, trigger }: Place, error: unknown): void {
    if (!this.#isWatched(run)) return;
    this.#watching.get(run)?.stops.get(trigger)?.();
    const jitter = this.#parts.clock.random();
    this.#tell({ type: "trigger.failed", run, trigger, failure: classify(error), jitter });
  }

  /** A trigger that failed is evaluated or watched again when its retry is due. */
  #retry(place: Place | undefined, due: number): void {
    const watching = place === undefined ? undefined : this.#watching.get(place.run);
    if (!this.#live || place === undefined || watching === undefined) return;
    const { run, trigger, plan } = place;
    const again = (): void => {
      if (plan.condition !== undefined) watching.conditions.again(trigger);
      if (plan.folder !== undefined) this.#watchFolder(place);
      if (plan.timer !== undefined) this.#arm(place);
    };
    watching.stops.get(trigger)?.();
    watching.stops.set(
      trigger,
      this.#parts.clock.wake(due, () => {
        if (this.#isWatched(run)) again();
      }),
    );
  }

  #isWatched(run: number): boolean {
    return this.#live && this.#watching.has(run);
  }

  #end(run: number): void {
    const watching = this.#watching.get(run);
    if (watching === undefined) return;
    this.#watching.delete(run);
    watching.conditions.stop();
    for (const stop of [...watching.stops.values(), ...watching.alarms.values()]) stop();
  }
}

/** The run whose triggers closed with this event. A failed root may be resumed: its journal then begins anew with a take-over. */
function endOf(event: RunEvent): number | undefined {
  switch (event.type) {
    case "run.closing":
    case "run.completed":
    case "run.failed":
    case "run.closed":
      return event.run;
    case "run.cancelled":
      return 0;
    default:
      return undefined;
  }
}
