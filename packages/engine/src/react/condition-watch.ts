import type { Handle } from "../contracts/handle.js";
import type { Json, JsonObject } from "../contracts/json.js";
import { classify } from "../errors/classify.js";
import { nanobrainError } from "../errors/nanobrain-error.js";
import type { RunEvent, Unstamped } from "../kernel/event.js";
import { type MetricsFold, metricsValue } from "../observe/metrics.js";
import type { PlanTrigger, WorkflowPlan } from "../plan/plan.js";
import type { Values } from "../values/values.js";

export type ConditionParts = {
  readonly values: Values;
  readonly clock: { now(): number; random(): number };
};

type Watched = {
  readonly trigger: number;
  readonly plan: PlanTrigger;
  /** Units whose values it reads, by node. */
  readonly units: ReadonlyMap<number, string>;
  readonly readsMetrics: boolean;
  /** What was told last; undefined: nothing yet. */
  told: boolean | undefined;
  asked: boolean;
};

/**
 * The conditions of one run's triggers. Each is looked at when an event it depends on was journaled, and told of when its value
 * has changed. Between events nothing happens.
 */
export class ConditionWatch {
  readonly #run: number;
  readonly #parts: ConditionParts;
  readonly #metrics: MetricsFold;
  readonly #watched: readonly Watched[];
  readonly #units = new Map<number, Handle>();
  readonly #tell: (input: Unstamped) => void;
  #live = false;
  #looking = false;

  constructor(
    run: number,
    workflow: WorkflowPlan,
    parts: ConditionParts,
    metrics: MetricsFold,
    tell: (input: Unstamped) => void,
  ) {
    this.#run = run;
    this.#parts = parts;
    this.#metrics = metrics;
    this.#tell = tell;
    this.#watched = workflow.triggers.flatMap((plan, trigger) =>
      plan.condition === undefined ? [] : [watchedOf(workflow, plan, plan.condition, trigger)],
    );
  }

  /** Takes in an event, of the past or the present. */
  hear(event: RunEvent): void {
    if (event.type === "unit.updated" && event.run === this.#run) this.#hearUnit(event.node, event.value);
    if (event.type === "trigger.evaluated" && event.run === this.#run) {
      for (const watched of this.#watched) if (watched.trigger === event.trigger) watched.told = event.holds;
    }
    if (changesMetrics(event)) for (const watched of this.#watched) watched.asked ||= watched.readsMetrics;
    if (this.#live) this.#look();
  }

  #hearUnit(node: number, value: Handle | undefined): void {
    if (value === undefined) this.#units.delete(node);
    else this.#units.set(node, value);
    for (const watched of this.#watched) watched.asked ||= watched.units.has(node);
  }

  /** From here on it tells. */
  start(): void {
    this.#live = true;
    for (const watched of this.#watched) watched.asked = true;
    this.#look();
  }

  /** Looks again at a condition that failed. */
  again(trigger: number): void {
    for (const watched of this.#watched) watched.asked ||= watched.trigger === trigger;
    this.#look();
  }

  stop(): void {
    this.#live = false;
  }

  /** One look at a time; events that come meanwhile ask for another. */
  #look(): void {
    if (this.#looking || !this.#watched.some((watched) => watched.asked)) return;
    this.#looking = true;
    void this.#lookAtAll().finally(() => {
      this.#looking = false;
      if (this.#live) this.#look();
    });
  }

  async #lookAtAll(): Promise<void> {
    for (const watched of this.#watched) {
      if (!watched.asked) continue;
      watched.asked = false;
      const input = await this.#evaluate(watched);
      if (input !== undefined && this.#live) this.#tell(input);
    }
  }

  async #evaluate(watched: Watched): Promise<Unstamped | undefined> {
    const at = { run: this.#run, trigger: watched.trigger };
    const condition = watched.plan.condition ?? "";
    try {
      const { compileCondition } = await import("../expression/condition.js");
      const compiled = compileCondition(condition);
      if (!compiled.ok)
        throw nanobrainError("E_CONDITION", {
          condition,
          what: compiled.problems.map((one) => one.message).join("; "),
        });
      const verdict = compiled.evaluate(await this.#scope(watched));
      if ("failed" in verdict) throw nanobrainError("E_CONDITION", { condition, what: verdict.failed });
      if (verdict.pass === (watched.told ?? false)) return undefined;
      watched.told = verdict.pass;
      return { type: "trigger.evaluated", ...at, holds: verdict.pass, reason: verdict.reason };
    } catch (error) {
      return { type: "trigger.failed", ...at, failure: classify(error), jitter: this.#parts.clock.random() };
    }
  }

  async #scope({ units, readsMetrics, plan }: Watched): Promise<JsonObject> {
    const scope: { [name: string]: Json } = {};
    for (const [node, name] of units) {
      const handle = this.#units.get(node);
      if (handle !== undefined) scope[name] = await this.#parts.values.load(handle);
    }
    if (readsMetrics) scope["metrics"] = metricsValue(this.#metrics.read(this.#parts.clock.now(), plan.windowMs));
    return scope;
  }
}

function watchedOf(workflow: WorkflowPlan, plan: PlanTrigger, condition: string, trigger: number): Watched {
  const words = new Set(condition.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
  const units = workflow.nodes.flatMap((node, index): [number, string][] =>
    node.kind !== "step" && words.has(node.name) ? [[index, node.name]] : [],
  );
  return { trigger, plan, units: new Map(units), readsMetrics: words.has("metrics"), told: undefined, asked: false };
}

function changesMetrics({ type }: RunEvent): boolean {
  return (
    type === "attempt.started" ||
    type === "attempt.succeeded" ||
    type === "attempt.failed" ||
    type === "attempt.emitted" ||
    type === "attempt.suspended"
  );
}
