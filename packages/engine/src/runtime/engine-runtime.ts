import { join } from "node:path";
import type { GrowingRegistry } from "../components/registry.js";
import type { Blobs } from "../contracts/blobs.js";
import type { Registry } from "../contracts/component.js";
import type { Handle } from "../contracts/handle.js";
import type { Json, JsonObject } from "../contracts/json.js";
import type { RunRecord, Store } from "../contracts/store.js";
import { NanobrainError, nanobrainError } from "../errors/nanobrain-error.js";
import type { Driver } from "../host/driver.js";
import { type Beginning, takeOver } from "../host/open-run.js";
import type { HostParts } from "../host/parts.js";
import { summarize } from "../observe/summarize.js";
import type { Plan } from "../plan/plan.js";
import type { RunSettings } from "../values/parts.js";
import { canonical, hashOf } from "../values/values.js";
import { accompany, type Companions } from "./accompany.js";
import type { WorkflowDefinition } from "./definition/workflow-definition.js";
import { documentInvalid } from "./document-invalid.js";
import type { ExpressDesk, ExpressDeskParts } from "./express/express-desk.js";
import { codeHashes } from "./fork/code-hashes.js";
import type { ForkParts } from "./fork/fork-of.js";
import { loadPlan } from "./load-plan.js";
import { onlyStep } from "./only-step.js";
import type { Pruned, PruneOptions } from "./prune/prune-runs.js";
import { allEvents, DrivenRun, isOver, watchRun } from "./run-handle.js";
import { checkInputs } from "./run-inputs.js";
import { runId, runName } from "./run-names.js";
import { RunPast } from "./run-past.js";
import { runSettings } from "./run-settings.js";
import type { ForkedRun, Loaded, LoadOptions, RunHandle, Runtime, RuntimeOptions, StartOptions } from "./runtime.js";
import type { ServeOptions, Server } from "./serve/served.js";
import { LazySteering } from "./steering/lazy-steering.js";
import { type SteeringVerbs, steeringVerbs } from "./steering/steering-verbs.js";
import { sweepScratch } from "./sweep-scratch.js";
import { StepTimes } from "./times/step-times.js";

export type Pieces = {
  readonly parts: HostParts;
  readonly registry: GrowingRegistry;
  readonly options: RuntimeOptions;
  readonly folder: string | null;
  readonly drivers: Map<string, Driver>;
  closeStorage(): Promise<void>;
  readonly express: ((it: Omit<ExpressDeskParts, "shelf" | "graceMs" | "http">) => ExpressDesk) | undefined;
  readonly environment: NonNullable<RuntimeOptions["environment"]>;
};

/** How long `close` lets running attempts go on. */
const DRAIN_MS = 30_000;
/** Names are drawn anew this many times before giving up. */
const NAME_TRIES = 8;
/** Many runs have the same plan: it is read once. */
const PLANS_KEPT = 16;

export class EngineRuntime implements Runtime {
  readonly registry: Registry;
  readonly #it: Pieces;
  readonly #steering: LazySteering;
  readonly #companions = new Map<string, Companions>();
  readonly #servers: Server[] = [];
  readonly #plans = new Map<string, Plan>();
  readonly #times: StepTimes;
  /** Begins the runs that need no driver; absent where each takes one. */
  readonly #express: ExpressDesk | undefined;
  readonly #settings: ReturnType<typeof runSettings>;
  #closing = false;
  #closed = false;
  /** Runs on their way to a driver. */
  #opening = 0;

  constructor(pieces: Pieces) {
    this.#it = pieces;
    this.#settings = runSettings(pieces.folder, pieces.options);
    this.registry = pieces.registry;
    const { parts, drivers } = pieces;
    this.#times = new StepTimes(pieces.folder, parts);
    const settingsOf = (record: RunRecord): Promise<RunSettings> => this.#settingsOf(record);
    const settle = async (runId: string): Promise<void> => this.#express?.settle(runId);
    this.#steering = new LazySteering({ parts, drivers, find: (id) => this.#find(id), settingsOf, settle });
    const drive = (driver: Driver): Promise<RunHandle> => this.#drive(driver);
    const verbs = (record: RunRecord): SteeringVerbs => this.#verbs(record, "api");
    const isContended = (plan: Plan): boolean => this.#times.isContended(plan);
    this.#express = pieces.express?.({ parts, registry: pieces.registry, isContended, drive, verbs });
  }

  get store(): Store {
    return this.#it.parts.store;
  }

  get blobs(): Blobs {
    return this.#it.parts.blobs;
  }

  newRunId(): string {
    return runId(this.#it.parts.clock);
  }

  async load(workflow: string | WorkflowDefinition<unknown, unknown>, options: LoadOptions = {}): Promise<Loaded> {
    this.#demandOpen();
    const { createDocumentReader } = await import("../adapters/files/document-reader.js");
    if (typeof workflow !== "string") this.#it.registry.adopt(workflow.steps, workflow.functions);
    return loadPlan(workflow, options, {
      registry: this.registry,
      project: this.#it.options.project,
      modules: this.#it.options.modules ?? true,
      readerOf: (project) => createDocumentReader(project, this.#it.options.roots ?? [], this.#it.environment),
      compiled: this.#it.folder === null ? null : join(this.#it.folder, "compiled"),
      now: () => this.#it.parts.clock.monotonic(),
    });
  }

  async start(
    loaded: Loaded,
    inputs: { readonly [unit: string]: Json },
    options: StartOptions = {},
  ): Promise<RunHandle> {
    this.#demandOpen();
    this.#opening++;
    try {
      return await this.#begin(loaded, inputs, options);
    } finally {
      this.#opening--;
    }
  }

  async #begin(loaded: Loaded, inputs: { readonly [unit: string]: Json }, options: StartOptions): Promise<RunHandle> {
    if (loaded.plan === undefined) {
      throw documentInvalid(loaded.diagnostics[0]?.file ?? "document", loaded.diagnostics);
    }
    const plan = options.only === undefined ? loaded.plan : onlyStep(loaded.plan, options.only);
    await checkInputs(plan, inputs);
    const known = options.runId === undefined ? undefined : await this.store.find(options.runId);
    if (known !== undefined && known.id === options.runId) return this.#attach(known, plan, inputs, loaded.project);
    const settings = this.#settings(loaded.project, options.cache);
    const { parts } = this.#it;
    const phases = { ...loaded.phases, ...options.phases };
    const express = this.#closing ? undefined : await this.#express?.planOf(plan, settings, inputs);
    if (express !== undefined) {
      if (!this.#closing) this.#steering.hear();
      return this.#create(plan, settings, options, phases, (created) =>
        (this.#express as ExpressDesk).begin(express, settings, created, inputs),
      );
    }
    const handles = await parts.values.saveAll(inputs);
    const driver = await this.#create(plan, settings, options, phases, (created) =>
      this.#times.begin(settings, plan, { created, inputs: handles, reused: [] }),
    );
    return this.#drive(driver);
  }

  async #create<Begun>(
    plan: Plan,
    settings: RunSettings,
    options: StartOptions,
    phases: { readonly [phase: string]: number },
    begin: (created: Beginning["created"]) => Promise<Begun>,
  ): Promise<Begun> {
    const { clock } = this.#it.parts;
    const code = await codeHashes(plan, settings.folders);
    const hasCode = Object.keys(code).length > 0;
    for (let tries = 0; ; tries++) {
      const created: Beginning["created"] = {
        type: "run.created",
        id: options.runId ?? runId(clock),
        name: options.runName ?? runName(clock, tries),
        workflow: plan.name,
        plan: plan.hash,
        format: 1,
        phases,
        options: {
          project: settings.folders.project,
          cache: settings.cache,
          ...(hasCode ? { code } : {}),
          ...(options.caller === undefined ? {} : { caller: options.caller }),
          ...(options.trigger === undefined ? {} : { trigger: options.trigger }),
        } as JsonObject,
      };
      try {
        return await begin(created);
      } catch (error) {
        const taken = error instanceof NanobrainError && error.code === "E_RUN_EXISTS";
        const fixed =
          options.runName !== undefined ||
          (options.runId !== undefined && (await this.store.find(options.runId)) !== undefined);
        if (!taken || fixed || tries >= NAME_TRIES) throw error;
      }
    }
  }

  async #drive(driver: Driver, past?: RunPast): Promise<RunHandle> {
    this.#it.drivers.set(driver.tree.id, driver);
    const handle = await this.#handleOn(driver, "api", past);
    this.#companions.get(driver.tree.id)?.stop();
    this.#companions.set(driver.tree.id, await accompany(this.#it.parts, driver));
    await this.#times.follow(driver);
    // Who started the run may listen before anything happens.
    this.#it.parts.commits.deferNext();
    void driver.turn();
    if (!this.#closing) this.#steering.hear();
    return handle;
  }

  async #handleOn(driver: Driver, by = "api", past?: RunPast): Promise<RunHandle> {
    const handle = new DrivenRun(this.#it.parts, driver, this.#verbs(driver.record(), by), past);
    await handle.catchUp();
    return handle;
  }

  async #attach(
    record: RunRecord,
    plan: Plan,
    inputs: { readonly [unit: string]: Json },
    project: string,
  ): Promise<RunHandle> {
    await this.#express?.settle(record.id);
    const events = await this.store.events(record.id, 0, 2);
    const started = events.find((event) => event.type === "run.started");
    const before =
      started !== undefined && "inputs" in started ? await this.#it.parts.values.loadAll(started.inputs) : {};
    if (record.planHash !== plan.hash || canonical(before) !== canonical(inputs)) {
      throw nanobrainError("E_RUN_EXISTS", { run: record.id });
    }
    const held = await this.store.holder(record.id);
    if (isOver(record.status) || (held !== undefined && !this.#it.drivers.has(record.id)))
      return this.#watch(record, plan);
    return this.#takeOver(record, plan, project);
  }

  #watch(record: RunRecord, plan: Plan, by = "api"): Promise<RunHandle> {
    return watchRun(this.#it.parts, record.id, plan, this.#verbs(record, by));
  }

  async attach(idOrName: string, by = "api"): Promise<RunHandle> {
    const { record, plan } = await this.#find(idOrName);
    const driver = this.#it.drivers.get(record.id);
    return driver === undefined || driver.isBroken ? this.#watch(record, plan, by) : this.#handleOn(driver, by);
  }

  #verbs(record: RunRecord, by: string): SteeringVerbs {
    return steeringVerbs((wish) => this.#steering.steer(record, wish), by);
  }

  async resume(idOrName: string): Promise<RunHandle> {
    const { record, plan } = await this.#find(idOrName);
    if (record.status === "completed" || record.status === "cancelled") {
      throw nanobrainError("E_RUN_STATE", { action: "resume", run: record.name, status: record.status });
    }
    try {
      return await this.#takeOver(record, plan, undefined);
    } catch (error) {
      const elsewhere = error instanceof NanobrainError && error.code === "E_RUN_HELD" && record.status === "paused";
      if (!elsewhere) throw error;
      await this.#steering.steer(record, { action: { type: "unpause" }, by: `process ${process.pid}` });
      return this.#watch(record, plan);
    }
  }

  async #takeOver(record: RunRecord, plan: Plan, project: string | undefined): Promise<RunHandle> {
    const known = this.#it.drivers.get(record.id);
    if (known !== undefined && !known.isBroken && !known.tree.ended) return this.#goOn(record, known);
    await this.#steering.settleOpen(record);
    const now = (await this.store.find(record.id)) ?? record;
    if (now.status === "cancelled")
      throw nanobrainError("E_RUN_STATE", { action: "resume", run: record.name, status: now.status });
    const settings = await this.#settingsOf(now, project);
    const past = new RunPast(plan);
    const driver = await takeOver(this.#it.parts, settings, now, plan, `process ${process.pid}`, past.see);
    await sweepScratch(settings.folders.scratch, record.id);
    return this.#drive(driver, past);
  }

  /** A run has one driver in a process: what is paused, or waits, goes on with the one it has. */
  async #goOn(record: RunRecord, driver: Driver): Promise<RunHandle> {
    if (driver.tree.paused) {
      await this.#steering.steer(record, { action: { type: "unpause" }, by: `process ${process.pid}` });
    } else if (!driver.isAtRest) {
      throw nanobrainError("E_RUN_STATE", { action: "resume", run: record.name, status: record.status });
    }
    return this.#handleOn(driver);
  }

  /** What the run was started with, as its journal says. */
  async #settingsOf(record: RunRecord, project?: string): Promise<RunSettings> {
    const [created] = await this.store.events(record.id, 0, 1);
    const { options, forked } =
      created?.type === "run.created" ? created : { options: {} as JsonObject, forked: undefined };
    const folder = project ?? (typeof options["project"] === "string" ? options["project"] : process.cwd());
    return {
      ...this.#settings(folder, options["cache"] !== false),
      fresh: forked?.step === "" ? undefined : forked?.step,
    };
  }

  async rerun(idOrName: string, from: string, loaded?: Loaded): Promise<ForkedRun> {
    const { forkFrom } = await import("./fork/fork-of.js");
    return forkFrom(this.#forking(), await this.#find(idOrName), from, loaded);
  }

  async resumeUpdated(idOrName: string, loaded: Loaded): Promise<ForkedRun> {
    const { forkUpdated } = await import("./fork/fork-of.js");
    return forkUpdated(this.#forking(), await this.#find(idOrName), loaded);
  }

  #forking(): ForkParts {
    return {
      parts: this.#it.parts,
      steering: this.#steering,
      isDriven: (id) => this.#it.drivers.has(id),
      settingsOf: (record, project) => this.#settingsOf(record, project),
      create: (plan, settings, phases, beginning) =>
        this.#create(plan, settings, {}, phases, (created) => this.#times.begin(settings, plan, beginning(created))),
      drive: (driver) => this.#drive(driver),
    };
  }

  async serve(documents: readonly Loaded[], options: ServeOptions = {}): Promise<Server> {
    const { serve } = await import("./serve/serve.js");
    const { cronSchedule } = await import("../adapters/schedule/cron-schedule.js");
    const { folderWatcher } = await import("../adapters/folders/folder-watcher.js");
    const { clock } = this.#it.parts;
    const server = await serve(
      {
        store: this.store,
        clock,
        schedule: cronSchedule,
        watcherOf: (project) => folderWatcher(this.#settings(project, undefined).folders, clock),
        start: (loaded, inputs, start) => this.start(loaded, inputs, start),
        resume: (id) => this.resume(id),
        hash: hashOf,
      },
      documents,
      options,
    );
    this.#servers.push(server);
    return server;
  }

  async look(idOrName: string) {
    const { record, plan } = await this.#find(idOrName);
    const events = await allEvents(this.#it.parts, record.id);
    const summary = summarize(plan, events);
    // That a run waits is what its driver found, not an event.
    return { plan, events, summary: record.status === "waiting" ? { ...summary, status: record.status } : summary };
  }

  async prune(options: PruneOptions): Promise<Pruned> {
    const { pruneRuns } = await import("./prune/prune-runs.js");
    const { parts, folder } = this.#it;
    const blobFolder = folder === null ? null : join(folder, "blobs");
    return pruneRuns({ store: parts.store, blobs: parts.blobs, blobFolder, now: () => parts.clock.now() }, options);
  }

  async value(handle: Handle): Promise<Json> {
    return this.#it.parts.values.load(handle);
  }

  async #planOf(hash: string): Promise<Plan | undefined> {
    const plan = this.#plans.get(hash) ?? (await this.store.plan(hash));
    if (this.#plans.size >= PLANS_KEPT) this.#plans.clear();
    if (plan !== undefined) this.#plans.set(hash, plan);
    return plan;
  }

  async #find(idOrName: string): Promise<{ record: RunRecord; plan: Plan }> {
    this.#demandOpen();
    const record = await this.store.find(idOrName);
    const plan = record === undefined ? undefined : await this.#planOf(record.planHash);
    if (record === undefined || plan === undefined)
      throw nanobrainError("E_RUN_UNKNOWN", { run: idOrName, place: this.store.place });
    await this.#express?.settle(record.id);
    return { record, plan };
  }

  #demandOpen(): void {
    if (this.#closed) throw nanobrainError("E_USAGE", { problem: "The runtime is closed; create another one" });
  }

  underWay(): number {
    const opening = this.#opening + (this.#express?.underWay ?? 0);
    return [...this.#it.drivers.values()].reduce((sum, driver) => sum + driver.underWay, opening);
  }

  async close(options: { readonly drainMs?: number } = {}): Promise<void> {
    const { parts, drivers } = this.#it;
    this.#closing = true;
    for (const server of this.#servers) server.close();
    await this.#express?.settleAll();
    await Promise.all([...drivers.values()].map((driver) => driver.drain(options.drainMs ?? DRAIN_MS)));
    await Promise.all([...this.#companions.values()].map((companion) => companion.ended()));
    for (const companion of this.#companions.values()) companion.stop();
    await this.#steering.close();
    for (const executor of Object.values(parts.executors)) await executor.close();
    this.#closed = true;
    await this.#it.closeStorage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
