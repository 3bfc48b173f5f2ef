import type { Json } from "../contracts/json.js";
import type { RunStatus } from "../contracts/store.js";
import type { StepNews } from "../host/step-news.js";
import type { RunEvent } from "../kernel/event.js";
import type { Progress } from "../observe/progress.js";
import { createProgressFold } from "../observe/progress-fold.js";
import type { Plan } from "../plan/plan.js";
import type { AnyOutputs, RunAsk, RunHandle, RunResult, Steered } from "./runtime.js";

/** A run that is being written to the store: usable at once, and the same as its handle from then on. */
export class PendingRun<Outputs = AnyOutputs> implements RunHandle<Outputs> {
  readonly id: string;
  readonly plan: Plan;
  readonly #ready: Promise<RunHandle<Outputs>>;
  #run: RunHandle<Outputs> | undefined;

  constructor(id: string, plan: Plan, ready: Promise<RunHandle<Outputs>>) {
    this.id = id;
    this.plan = plan;
    this.#ready = ready;
    ready.then(
      (run) => {
        this.#run = run;
      },
      () => undefined,
    );
  }

  /** Empty until the run is on disk. */
  get name(): string {
    return this.#run?.name ?? "";
  }

  get status(): RunStatus {
    return this.#run?.status ?? "pending";
  }

  async result(): Promise<RunResult<Outputs>> {
    return (await this.#ready).result();
  }

  progress(): Progress {
    return this.#run?.progress() ?? createProgressFold(this.plan).progress();
  }

  async *events(after = 0): AsyncIterable<RunEvent> {
    yield* (await this.#ready).events(after);
  }

  listen(listener: (event: RunEvent) => void): () => void {
    return this.#follow((run) => run.listen(listener));
  }

  hear(listener: (news: StepNews) => void): () => void {
    return this.#follow((run) => run.hear(listener));
  }

  /** Begins to listen once there is something to listen to. */
  #follow(begin: (run: RunHandle<Outputs>) => () => void): () => void {
    let stop: (() => void) | undefined;
    let stopped = false;
    this.#ready.then(
      (run) => {
        if (!stopped) stop = begin(run);
      },
      () => undefined,
    );
    return () => {
      stopped = true;
      stop?.();
    };
  }

  async asks(): Promise<readonly RunAsk[]> {
    return (await this.#ready).asks();
  }

  async pause(): Promise<Steered> {
    return (await this.#ready).pause();
  }

  async resume(): Promise<Steered> {
    return (await this.#ready).resume();
  }

  async cancel(reason?: string): Promise<Steered> {
    return (await this.#ready).cancel(reason);
  }

  async trigger(name: string, payload?: Json): Promise<Steered> {
    return (await this.#ready).trigger(name, payload);
  }

  async answer(step: string, value: Json, by?: string): Promise<Steered> {
    return (await this.#ready).answer(step, value, by);
  }

  async finish(): Promise<Steered> {
    return (await this.#ready).finish();
  }

  async set(unit: string, value: Json): Promise<Steered> {
    return (await this.#ready).set(unit, value);
  }
}
