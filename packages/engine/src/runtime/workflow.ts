import type { Json } from "../contracts/json.js";
import type { Progress } from "../observe/progress.js";
import type { Plan } from "../plan/plan.js";
import { documentInvalid } from "./document-invalid.js";
import { PendingRun } from "./pending-run.js";
import type { Loaded, LoadOptions, RunHandle, RunResult, Runtime, StartOptions } from "./runtime.js";

/** A loaded workflow: run it any number of times. */
export class Workflow {
  readonly plan: Plan;
  readonly #runtime: Runtime;
  readonly #loaded: Loaded;
  readonly #watchers = new Set<(progress: Progress) => void>();
  #latest: RunHandle | undefined;

  private constructor(runtime: Runtime, loaded: Loaded, plan: Plan) {
    this.#runtime = runtime;
    this.#loaded = loaded;
    this.plan = plan;
  }

  /** Loads a document. Fails with E_DOCUMENT_INVALID; `details.diagnostics` has every fault. */
  static async fromConfig(file: string, options: LoadOptions & { readonly runtime: Runtime }): Promise<Workflow> {
    const { runtime, ...load } = options;
    const loaded = await runtime.load(file, load);
    if (loaded.plan === undefined) {
      throw documentInvalid(file, loaded.diagnostics);
    }
    return new Workflow(runtime, loaded, loaded.plan);
  }

  /** Runs to the end. A run that fails resolves with its failures; `status` says so. */
  async execute(inputs: { readonly [unit: string]: Json } = {}, options: StartOptions = {}): Promise<RunResult> {
    return this.start(inputs, options).result();
  }

  /** Starts a run. Inputs that do not fit make `result()`, `events()` and steering reject with E_INPUT. */
  start(inputs: { readonly [unit: string]: Json } = {}, options: StartOptions = {}): RunHandle {
    const id = options.runId ?? this.#runtime.newRunId();
    const run = new PendingRun(id, this.plan, this.#runtime.start(this.#loaded, inputs, { ...options, runId: id }));
    this.#latest = run;
    run.listen(() => {
      for (const watcher of this.#watchers) watcher(run.progress());
    });
    return run;
  }

  /** Calls back with the progress of runs of this workflow after each of their events. Returns the way to stop. */
  startMonitoring(callback: (progress: Progress) => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  /** Progress of the latest run; undefined before the first. */
  getProgress(): Progress | undefined {
    return this.#latest?.progress();
  }
}
