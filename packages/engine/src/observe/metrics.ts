import type { JsonObject } from "../contracts/json.js";
import type { Cell, Finding, RunEvent } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";

/** Of attempts that ended within the window. Without any: no `error_rate` and no `duration_ms`, as nothing is known. */
export type Metrics = {
  /** Share of attempts that failed, 0 to 1. */
  readonly error_rate?: number;
  /** Attempts that succeeded, per second of the window. */
  readonly throughput: number;
  /** Mean duration of attempts that succeeded. */
  readonly duration_ms?: number;
  /** Items that wait in queues: of the run, or in front of the step. */
  readonly queued: number;
  /** Attempts under way. */
  readonly running: number;
};

export type RunMetrics = { readonly run: Metrics; readonly steps: { readonly [step: string]: Metrics } };

/** Attempts kept to look back at; what is older than the newest so many counts no more. */
const MAX_KEPT = 10_000;

/** Ends of attempts, oldest first, in parallel arrays: `step` is a step number of the root workflow. */
type Ends = {
  readonly at: number[];
  readonly step: number[];
  readonly durationMs: number[];
  readonly failed: boolean[];
};

type Counts = Map<string, number>;
type Open = { readonly step: number; readonly startedAt: number };

/**
 * Metrics of a run as its events come in. A nested run's attempts count for the run, and for the root's step they are part of.
 * Memory is bounded by the attempts under way and the last 10,000 ended.
 */
export class MetricsFold {
  readonly #plan: Plan;
  readonly #root: WorkflowPlan | undefined;
  readonly #ends: Ends = { at: [], step: [], durationMs: [], failed: [] };
  readonly #open = new Map<number, Open>();
  readonly #running = new Map<number, number>();
  /** Root step and workflow of each run of the tree. */
  readonly #runs = new Map<number, { readonly step: number; readonly workflow: number }>();
  /** Items waiting, by root step in front of which they wait. Kept copies: by checkpoint. */
  #queued: Counts = new Map();
  readonly #kept = new Map<number, { readonly to: number; readonly queued: Counts; readonly taken: Counts }>();
  /** Activations that took an item, by run and node: a retry takes none. */
  #taken: Counts = new Map();
  #startedAt: number | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#root = plan.workflows[0];
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case "run.started":
        this.#startRun(event);
        return;
      case "attempt.started":
        this.#begin(event.seq, event, event.at);
        return;
      case "attempt.emitted":
        this.#enqueue(event.run, event.node, event.links, event.port);
        return;
      case "attempt.succeeded":
        this.#enqueue(event.run, event.node, event.links);
        this.#end(event.id, event.at, false);
        return;
      case "attempt.failed":
        this.#end(event.id, event.at, true);
        return;
      case "attempt.lost":
      case "attempt.suspended":
        this.#drop(event.id);
        return;
      case "activation.gathered":
      case "unit.updated":
        this.#enqueue(event.run, event.node, event.links);
        return;
      case "activation.started":
        this.#take(event);
        return;
      case "checkpoint.taken":
        this.#kept.set(event.run, {
          to: event.seq,
          queued: new Map(this.#queued),
          taken: new Map(this.#taken),
        });
        return;
      case "run.rolledback":
        this.#restore(event.run, event.to);
        return;
      default:
        return;
    }
  }

  /** Attempts it looks back at. */
  get kept(): number {
    return this.#ends.at.length;
  }

  /** What is so at `now` (epoch ms), looking back `windowMs`; null: over the whole run. */
  read(now: number, windowMs: number | null): RunMetrics {
    const since = windowMs === null ? Number.NEGATIVE_INFINITY : now - windowMs;
    const spanMs = Math.max(1, windowMs ?? now - (this.#startedAt ?? now));
    const steps: { [step: string]: Metrics } = {};
    for (const node of this.#root?.steps ?? []) {
      const name = this.#root?.nodes[node]?.name ?? "";
      steps[name] = this.#metrics(node, since, spanMs);
    }
    return { run: this.#metrics(-1, since, spanMs), steps };
  }

  #metrics(step: number, since: number, spanMs: number): Metrics {
    const ends = this.#ends;
    let [ended, failed, durationMs] = [0, 0, 0];
    for (let i = ends.at.length - 1; i >= 0 && (ends.at[i] ?? 0) > since; i--) {
      if (step >= 0 && ends.step[i] !== step) continue;
      ended++;
      if (ends.failed[i] === true) failed++;
      else durationMs += ends.durationMs[i] ?? 0;
    }
    const succeeded = ended - failed;
    return {
      ...(ended === 0 ? {} : { error_rate: failed / ended }),
      throughput: (succeeded * 1000) / spanMs,
      ...(succeeded === 0 ? {} : { duration_ms: durationMs / succeeded }),
      queued: this.#waiting(step),
      running: step < 0 ? this.#open.size : (this.#running.get(step) ?? 0),
    };
  }

  #waiting(step: number): number {
    let sum = 0;
    for (const [key, count] of this.#queued) {
      const [workflow = 0, queue = 0] = key.split(" ").map(Number);
      const plan = this.#plan.workflows[workflow];
      const targets = plan?.queues[queue]?.links.map((link) => plan.links[link]?.to.node);
      if (step < 0 || (workflow === 0 && targets?.includes(step) === true)) sum += Math.max(0, count);
    }
    return sum;
  }

  #startRun(event: Extract<RunEvent, { type: "run.started" }>): void {
    if (!("parent" in event)) {
      this.#startedAt = event.at;
      this.#runs.set(0, { step: -1, workflow: 0 });
      return;
    }
    const { run, node } = event.parent;
    const step = run === 0 ? node : (this.#runs.get(run)?.step ?? -1);
    this.#runs.set(event.run, { step, workflow: event.workflow });
    this.#take(event.parent);
  }

  #begin(id: number, at: Cell, startedAt: number): void {
    const step = at.run === 0 ? at.node : (this.#runs.get(at.run)?.step ?? -1);
    this.#open.set(id, { step, startedAt });
    this.#running.set(step, (this.#running.get(step) ?? 0) + 1);
    this.#take(at);
  }

  #drop(id: number): Open | undefined {
    const open = this.#open.get(id);
    if (open === undefined) return undefined;
    this.#open.delete(id);
    this.#running.set(open.step, (this.#running.get(open.step) ?? 1) - 1);
    return open;
  }

  #end(id: number, at: number, failed: boolean): void {
    const open = this.#drop(id);
    if (open === undefined) return;
    const ends = this.#ends;
    ends.at.push(at);
    ends.step.push(open.step);
    ends.durationMs.push(at - open.startedAt);
    ends.failed.push(failed);
    if (ends.at.length < 2 * MAX_KEPT) return;
    for (const list of [ends.at, ends.step, ends.durationMs, ends.failed]) list.splice(0, MAX_KEPT);
  }

  #enqueue(run: number, node: number, findings: readonly Finding[], port?: string): void {
    const index = this.#runs.get(run)?.workflow ?? 0;
    const workflow = this.#plan.workflows[index];
    findings.forEach((finding, position) => {
      if (typeof finding === "number" || !("queued" in finding)) return;
      const link = workflow?.links[workflow.nodes[node]?.outLinks[position] ?? -1];
      if (link?.queue === undefined || (port !== undefined && link.from.port !== port)) return;
      this.#count(`${index} ${link.queue}`, finding.queued - (finding.invalid?.length ?? 0));
    });
  }

  /** The first start of an activation takes an item from the queue in front of its step. */
  #take(at: { readonly run: number; readonly node: number; readonly n: number }): void {
    const index = this.#runs.get(at.run)?.workflow ?? 0;
    const workflow = this.#plan.workflows[index];
    const queue = workflow?.nodes[at.node]?.ports
      .flatMap((port) => port.links)
      .map((link) => workflow.links[link]?.queue)
      .find((found) => found !== undefined);
    if (queue === undefined) return;
    const key = `${at.run} ${at.node}`;
    if ((this.#taken.get(key) ?? 0) >= at.n) return;
    this.#taken.set(key, at.n);
    this.#count(`${index} ${queue}`, -1);
  }

  #count(key: string, change: number): void {
    this.#queued.set(key, (this.#queued.get(key) ?? 0) + change);
  }

  #restore(run: number, to: number): void {
    const kept = this.#kept.get(run);
    if (kept?.to !== to) return;
    this.#queued = new Map(kept.queued);
    this.#taken = new Map(kept.taken);
  }
}

/** As conditions of triggers and people read them. */
export function metricsValue(metrics: RunMetrics): JsonObject {
  return {
    run: { ...metrics.run },
    steps: Object.fromEntries(Object.entries(metrics.steps).map(([k, v]) => [k, { ...v }])),
  };
}
