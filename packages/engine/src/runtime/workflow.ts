import type { StandardSchema } from "../components/standard-schema.js";
import type { Json } from "../contracts/json.js";
import type { Progress } from "../observe/progress.js";
import { isPublished } from "../observe/publishing.js";
import type { Plan } from "../plan/plan.js";
import type { WorkflowDefinition } from "./definition/workflow-definition.js";
import { documentInvalid } from "./document-invalid.js";
import { PendingRun } from "./pending-run.js";
import { isOver } from "./run-handle.js";
import { checkGiven } from "./run-inputs.js";
import type { AnyOutputs, Loaded, LoadOptions, RunHandle, RunResult, Runtime, StartOptions } from "./runtime.js";

type AnyInputs = { readonly [unit: string]: Json };
/** Inputs may be left out where none is required. */
type Given<Inputs> =
  Readonly<Record<never, never>> extends Inputs
    ? [inputs?: Inputs, options?: StartOptions]
    : [inputs: Inputs, options?: StartOptions];

/** A loaded workflow: run it any number of times. */
export class Workflow<Inputs = AnyInputs, Outputs = AnyOutputs> {
  readonly plan: Plan;
  readonly #runtime: Runtime;
  readonly #loaded: Loaded;
  readonly #schemas: { readonly [unit: string]: StandardSchema };
  readonly #watchers = new Set<(progress: Progress) => void>();
  readonly #unheard = new Set<RunHandle<Outputs>>();
  #latest: RunHandle<Outputs> | undefined;

  private constructor(
    runtime: Runtime,
    loaded: Loaded,
    plan: Plan,
    schemas: { readonly [unit: string]: StandardSchema },
  ) {
    this.#runtime = runtime;
    this.#loaded = loaded;
    this.#schemas = schemas;
    this.plan = plan;
  }

  /** Loads a document. Fails with E_DOCUMENT_INVALID; `details.diagnostics` has every fault. */
  static async fromConfig(file: string, options: LoadOptions & { readonly runtime: Runtime }): Promise<Workflow> {
    const { runtime, ...load } = options;
    const loaded = await runtime.load(file, load);
    if (loaded.plan === undefined) throw documentInvalid(file, loaded.diagnostics);
    return new Workflow(runtime, loaded, loaded.plan, {});
  }

  /** Loads what `defineWorkflow` made. Fails with E_DOCUMENT_INVALID; `details.diagnostics` has every fault. */
  static async from<Inputs, Outputs>(
    definition: WorkflowDefinition<Inputs, Outputs>,
    options: LoadOptions & { readonly runtime: Runtime },
  ): Promise<Workflow<Inputs, Outputs>> {
    const { runtime, ...load } = options;
    const loaded = await runtime.load(definition, load);
    if (loaded.plan === undefined) throw documentInvalid(`defineWorkflow(${definition.name})`, loaded.diagnostics);
    return new Workflow<Inputs, Outputs>(runtime, loaded, loaded.plan, definition.inputs);
  }

  /** Runs to the end. A run that fails resolves with its failures; `status` says so. */
  async execute(...given: Given<Inputs>): Promise<RunResult<Outputs>> {
    return this.start(...given).result();
  }

  /** Starts a run. Inputs that do not fit make `result()`, `events()` and steering reject with E_INPUT. */
  start(...given: Given<Inputs>): RunHandle<Outputs> {
    const [inputs = {}, options = {}] = given;
    const id = options.runId ?? this.#runtime.newRunId();
    const run = new PendingRun<Outputs>(id, this.plan, this.#begin(inputs as AnyInputs, { ...options, runId: id }));
    this.#latest = run;
    for (const other of this.#unheard) if (isOver(other.status)) this.#unheard.delete(other);
    this.#unheard.add(run);
    if (this.#watchers.size > 0) this.#listen();
    return run;
  }

  /** Nobody listens to runs that nobody watches: they go faster so. */
  #listen(): void {
    for (const run of this.#unheard) {
      run.listen((event) => {
        if (this.#watchers.size > 0 && isPublished(this.plan, event)) this.#tell(run.progress());
      });
    }
    this.#unheard.clear();
  }

  /** A callback that throws is noted in the run's log, and keeps nothing from the others. */
  #tell(progress: Progress): void {
    const thrown: unknown[] = [];
    for (const watcher of this.#watchers) {
      try {
        watcher(progress);
      } catch (error) {
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }

  async #begin(inputs: AnyInputs, options: StartOptions): Promise<RunHandle<Outputs>> {
    await checkGiven(this.plan, inputs, this.#schemas);
    return (await this.#runtime.start(this.#loaded, inputs, options)) as RunHandle<Outputs>;
  }

  /**
   * Calls back with the progress of runs of this workflow: after each of their events, or as rarely as the document's `monitoring`
   * says. Returns the way to stop.
   */
  startMonitoring(callback: (progress: Progress) => void): () => void {
    this.#watchers.add(callback);
    this.#listen();
    return () => this.#watchers.delete(callback);
  }

  /** Progress of the latest run; undefined before the first. */
  getProgress(): Progress | undefined {
    return this.#latest?.progress();
  }
}
