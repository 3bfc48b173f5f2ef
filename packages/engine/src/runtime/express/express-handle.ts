import type { Json } from "../../contracts/json.js";
import type { RunStatus } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { LaneRun } from "../../express/lane-run.js";
import type { Driver } from "../../host/driver.js";
import type { StepNews } from "../../host/step-news.js";
import type { RunEvent } from "../../kernel/event.js";
import type { Progress } from "../../observe/progress.js";
import { createProgressFold, type ProgressFold } from "../../observe/progress-fold.js";
import type { Plan } from "../../plan/plan.js";
import type { RunAsk, RunHandle, RunResult } from "../runtime.js";
import type { SteeringVerbs } from "../steering/steering-verbs.js";
import { expressEvents, expressResult } from "./express-result.js";
import type { OpenRun } from "./open-run.js";

/** Events from the store, of a run that has completed. */
export type StoredEvents = (after: number) => AsyncIterable<RunEvent>;

/** A run on the express way, and, if it was handed over, of the driver that goes on with it. */
export class ExpressHandle implements RunHandle {
  readonly plan: Plan;
  readonly #open: OpenRun;
  readonly #run: LaneRun;
  readonly #verbsOf: () => SteeringVerbs;
  #made: SteeringVerbs | undefined;
  readonly #stored: StoredEvents;
  #general: RunHandle | undefined;
  #driver: Driver | undefined;
  #result: RunResult | undefined;
  /** Events up to `last` are counted in it. */
  #progress: { readonly fold: ProgressFold; last: number } | undefined;
  readonly #early = new Set<(driver: Driver) => void>();

  constructor(open: OpenRun, run: LaneRun, verbs: () => SteeringVerbs, stored: StoredEvents) {
    this.plan = open.plan;
    this.#open = open;
    this.#run = run;
    this.#verbsOf = verbs;
    this.#stored = stored;
  }

  /** The run has a driver now: nothing has happened under it yet. */
  drivenBy(driver: Driver): void {
    this.#driver = driver;
    for (const begin of this.#early) begin(driver);
    this.#early.clear();
  }

  handedTo(general: RunHandle): void {
    this.#general = general;
  }

  /** The engine drives it. */
  get isHandedOver(): boolean {
    return this.#run.isStopped;
  }

  get id(): string {
    return this.#run.runId;
  }

  get name(): string {
    return this.#run.journal.head.created.name;
  }

  get #isCompleted(): boolean {
    return this.#run.isCompleted;
  }

  get status(): RunStatus {
    if (this.#general !== undefined) return this.#general.status;
    return this.#isCompleted ? "completed" : "running";
  }

  async result(): Promise<RunResult> {
    if (!this.#isCompleted && this.#general === undefined) await this.#open.over;
    if (!this.#isCompleted) return (await this.#open.engine()).result();
    this.#result ??= expressResult(this.plan, this.#run.journal);
    return this.#result;
  }

  progress(): Progress {
    if (this.#general !== undefined) return this.#general.progress();
    this.#progress ??= { fold: createProgressFold(this.plan), last: 0 };
    const { fold, last } = this.#progress;
    for (const event of expressEvents(this.#run.journal, last)) {
      fold.apply(event);
      this.#progress.last = event.seq;
    }
    return fold.progress();
  }

  async *events(after = 0): AsyncIterable<RunEvent> {
    if (!Number.isSafeInteger(after) || after < 0)
      throw nanobrainError("E_USAGE", { problem: `Events follow a number, 0 or more: ${after} is none` });
    if (this.#run.isEnding) await this.#open.over;
    yield* this.#isCompleted ? this.#stored(after) : (await this.#open.engine()).events(after);
  }

  listen(listener: (event: RunEvent) => void): () => void {
    return this.#run.isEnding ? this.#tellEnd(listener) : this.#follow((driver) => driver.listen(listener));
  }

  hear(listener: (news: StepNews) => void): () => void {
    return this.#run.isEnding ? () => undefined : this.#follow((driver) => driver.hear(listener));
  }

  /** What is not on disk yet, once it is: nothing follows it. */
  #tellEnd(listener: (event: RunEvent) => void): () => void {
    const { keeping, journal } = this.#run;
    let isOpen = true;
    const after = keeping?.until ?? journal.last;
    const tell = (): void => {
      if (!this.#isCompleted) return;
      for (const event of expressEvents(journal)) if (isOpen && event.seq > after) listener(event);
    };
    // A listener that throws is the listener's fault.
    void this.#open.over.then(tell).catch(() => undefined);
    return () => {
      isOpen = false;
    };
  }

  /** From the first event after this one on. */
  #follow(begin: (driver: Driver) => () => void): () => void {
    if (this.#driver !== undefined) return begin(this.#driver);
    let stop: (() => void) | undefined;
    const early = (driver: Driver): void => {
      stop = begin(driver);
    };
    this.#early.add(early);
    this.#open.engine().catch(() => undefined);
    return () => {
      this.#early.delete(early);
      stop?.();
    };
  }

  async asks(): Promise<readonly RunAsk[]> {
    return this.#general === undefined ? [] : this.#general.asks();
  }

  get #verbs(): SteeringVerbs {
    this.#made ??= this.#verbsOf();
    return this.#made;
  }

  get pause() {
    return this.#verbs.pause;
  }

  get resume() {
    return this.#verbs.resume;
  }

  get cancel() {
    return this.#verbs.cancel;
  }

  get trigger() {
    return this.#verbs.trigger;
  }

  get answer(): (step: string, value: Json, by?: string) => ReturnType<SteeringVerbs["answer"]> {
    return this.#verbs.answer;
  }

  get finish() {
    return this.#verbs.finish;
  }

  get set() {
    return this.#verbs.set;
  }
}
