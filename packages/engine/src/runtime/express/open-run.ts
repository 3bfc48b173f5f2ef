import { calledText, MOST_TOLD, suspectText } from "../../adapters/executors/local/loop-watch.js";
import { directOf } from "../../components/direct-step.js";
import type { GrowingRegistry } from "../../components/registry.js";
import type { Executor } from "../../contracts/executor.js";
import type { OpenHttp } from "../../contracts/http.js";
import type { RunRecord } from "../../contracts/store.js";
import { nanobrainError } from "../../errors/nanobrain-error.js";
import type { ExpressPlan } from "../../express/express-plan.js";
import type { LaneRun } from "../../express/lane-run.js";
import type { Unfinished } from "../../express/outside.js";
import { STALL_MS } from "../../express/stall.js";
import { Driver } from "../../host/driver.js";
import type { HostParts } from "../../host/parts.js";
import { activationAt } from "../../kernel/cells.js";
import { evolve } from "../../kernel/evolve.js";
import { createTree, type RunTree, runAt } from "../../kernel/state.js";
import type { Plan } from "../../plan/plan.js";
import type { RunSettings } from "../../values/parts.js";
import type { RunHandle } from "../runtime.js";
import { adoptedExecutor } from "./adopted-executor.js";
import type { ExpressHandle } from "./express-handle.js";
import type { ShelfPlace } from "./shelf.js";

/** The same for all runs. */
export type OpenRunDesk = {
  readonly parts: HostParts;
  readonly registry: GrowingRegistry;
  readonly graceMs: number;
  readonly http: OpenHttp;
  drive(driver: Driver): Promise<RunHandle>;
};

export type OpenRunParts = {
  readonly desk: OpenRunDesk;
  readonly place: ShelfPlace;
  readonly plan: Pick<ExpressPlan, "plan" | "workflow">;
  readonly settings: RunSettings;
  /** It has ended, or has a driver. */
  forget(): void;
};

/** Events made and folded before others have their turn. */
const PAGE = 5000;

/**
 * A run on the express way that has not ended, and its way to a driver. H1. The driver's journal begins with what happened here. H2. Code
 * that was called is not called again: its attempt goes on under the driver. H3. Whoever listens hears of all that follows.
 */
export class OpenRun {
  readonly plan: Plan;
  /** The run has completed, or is being handed over. */
  readonly over: Promise<void>;
  readonly #it: OpenRunParts;
  #settle = (): void => undefined;
  #run: LaneRun | undefined;
  #handle: ExpressHandle | undefined;
  #driven: Promise<RunHandle> | undefined;
  /** The loop was held up, at a time of the steady clock; by one attempt, or by any that were under way. */
  #stall: { readonly forMs: number; readonly atMs: number; readonly attempt: number | undefined } | undefined;

  constructor(it: OpenRunParts) {
    this.#it = it;
    this.plan = it.plan.plan;
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  begun(run: LaneRun, handle: ExpressHandle): void {
    this.#run = run;
    this.#handle = handle;
  }

  get runId(): string {
    return this.#run?.runId ?? "";
  }

  get underWay(): number {
    return this.#driven === undefined ? (this.#run?.underWay ?? 0) : 1;
  }

  completed(): void {
    this.#it.forget();
    this.#settle();
  }

  /** Nothing that it journals can be kept any more. */
  lost(error: unknown): void {
    const { run } = this.#demandBegun();
    if (this.#driven === undefined) {
      run.stop();
      for (const { call } of run.unfinished()) call?.follow(AbortSignal.abort(error));
      this.#driven = Promise.reject(error);
      this.#driven.catch(() => undefined);
    }
    this.completed();
  }

  /** The event loop was held up while it ran: its log will say so. */
  heldUp(forMs: number, attempt: number | undefined): void {
    const run = this.#run;
    if (run === undefined || run.isStopped || run.isEnding || run.underWay === 0) return;
    this.#stall = { forMs, atMs: this.#it.desk.parts.clock.monotonic(), attempt };
    run.needEngine();
  }

  /** It stands in line for a place, and one is free. False: it wants none any more. */
  placed(): boolean {
    const run = this.#run;
    if (run?.placed === undefined || run.isStopped) return false;
    run.placed();
    return true;
  }

  /** It has ended, or has a driver, when this resolves. */
  async settled(): Promise<void> {
    if (this.#run?.isEnding === true) await this.over;
    else await this.engine();
  }

  /** The handle that the run has once it is driven. */
  engine(): Promise<RunHandle> {
    this.#run?.needEngine();
    return this.#driven ?? Promise.reject(nanobrainError("E_INTERNAL", { what: "a completed run needs no driver" }));
  }

  handOver(): void {
    const { run, handle } = this.#demandBegun();
    this.#driven = this.#drive(run, handle);
    this.#driven.catch(() => undefined);
    this.#settle();
  }

  #demandBegun(): { readonly run: LaneRun; readonly handle: ExpressHandle } {
    if (this.#run !== undefined && this.#handle !== undefined) return { run: this.#run, handle: this.#handle };
    throw nanobrainError("E_INTERNAL", { what: "a run is handed over that has not begun" });
  }

  async #drive(run: LaneRun, handle: ExpressHandle): Promise<RunHandle> {
    // The code that asked for it goes on to its next pause first.
    await Promise.resolve();
    const unfinished = run.unfinished();
    try {
      await this.#it.place.settled();
    } catch (error) {
      for (const { call } of unfinished) call?.follow(AbortSignal.abort(error));
      throw error;
    }
    const driver = await this.#driverOf(run);
    const executors = await this.#executorsOf(unfinished, driver);
    handle.drivenBy(driver);
    const driving = this.#it.desk.drive(driver);
    for (const one of unfinished) {
      const { node, n = 1, id } = one;
      const free = driver.adopt({ run: 0, node, n, c: 0, id }, executors.get(id));
      one.released?.(free).catch(() => undefined);
    }
    const general = await driving;
    handle.handedTo(general);
    this.#it.forget();
    return general;
  }

  /** The journal so far is the store's from now on, and folded. */
  async #driverOf(run: LaneRun): Promise<Driver> {
    const { settings, place } = this.#it;
    const { parts } = this.#it.desk;
    const tree: RunTree = createTree(this.plan);
    for (;;) {
      const page = await parts.store.events(run.runId, tree.seq, PAGE);
      for (const event of page) evolve(tree, event);
      if (page.length < PAGE) break;
      await new Promise(setImmediate);
    }
    const driver = new Driver(parts, settings, tree);
    const record: RunRecord = { ...driver.record(), status: "running" };
    await place.handedOver(record);
    return driver;
  }

  async #executorsOf(unfinished: readonly Unfinished[], { tree }: Driver): Promise<ReadonlyMap<number, Executor>> {
    const { parts, registry, graceMs, http } = this.#it.desk;
    const { plan } = this.#it;
    const executors = new Map<number, Executor>();
    const warnings = this.#warningsOf(unfinished);
    for (const { node, n = 1, id, call, ending, endsAtMs } of unfinished) {
      if (ending === undefined) continue;
      const name = plan.workflow.nodes[node]?.step?.component?.class ?? "";
      const definition = await registry.find(name)?.load();
      const direct = definition?.kind === "step" ? directOf(definition) : undefined;
      if (definition?.kind !== "step" || direct === undefined)
        throw nanobrainError("E_INTERNAL", { what: `class ${name} is gone` });
      const timeoutMs = plan.workflow.nodes[node]?.step?.timeoutMs ?? 0;
      const limit = endsAtMs === Number.POSITIVE_INFINITY ? undefined : { clock: parts.clock, endsAtMs, timeoutMs };
      const sent = new Map(activationAt(runAt(tree, 0), node, n).emits);
      const begun = { call, ending, limit, definition, direct, sent, warning: warnings.get(id) };
      executors.set(id, adoptedExecutor(begun, { blobs: parts.blobs, http, graceMs }));
    }
    return executors;
  }

  /** Of holding up the event loop, by attempt. */
  #warningsOf(unfinished: readonly Unfinished[]): ReadonlyMap<number, string> {
    const stall = this.#stall;
    if (stall === undefined) return new Map();
    const { forMs, atMs, attempt } = stall;
    if (attempt !== undefined) return new Map([[attempt, calledText(forMs)]]);
    const suspects = unfinished.filter(({ beganMs = atMs }) => atMs - beganMs >= STALL_MS);
    const stepOf = ({ node }: Unfinished): string => this.#it.plan.workflow.nodes[node]?.name ?? "";
    const steps = suspects.map(stepOf);
    return new Map(suspects.slice(0, MOST_TOLD).map((one) => [one.id, suspectText(forMs, stepOf(one), steps)]));
  }
}
