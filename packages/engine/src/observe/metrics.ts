import type { JsonObject } from "../contracts/json.js";
import type { Activation, Cell, Finding, RunEvent } from "../kernel/event.js";
import type { Plan, WorkflowPlan } from "../plan/plan.js";
import { queuesInto } from "./trace-reactions.js";

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
type Open = { readonly run: number; readonly step: number; readonly startedAt: number };

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
  readonly #runs = new Map<number, { readonly step: number; readonly workflow: number; readonly parent?: number }>();
  /** Runs that came to their end: nothing waits in them. */
  readonly #over = new Set<number>();
  /** Items waiting, by run and queue. Kept copies: by checkpoint. */
  #queued: Counts = new Map();
  readonly #kept = new Map<number, { readonly to: number; readonly queued: Counts; readonly taken: Counts }>();
  /** Activations that took an item, by run and node: a retry takes none. */
  #taken: Counts = new Map();
  /** Ports that activations under way sent on, by `keyOf`. */
  readonly #sent = new Map<string, Set<string>>();
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
        this.#enqueue(event.run, event.node, event.links, (port) => port === event.port);
        this.#send(event);
        return;
      case "attempt.succeeded":
        this.#give(event);
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
        this.#give(event);
        return;
      case "activation.failed":
        this.#sent.delete(keyOf(event));
        return;
      case "item.dead":
        this.#sent.delete(keyOf(event));
        this.#take(event);
        return;
      case "activation.skipped":
        this.#take(event);
        return;
      case "run.completed":
      case "run.failed":
        this.#endRun(event.run);
        return;
      case "run.reopened":
        this.#over.delete(event.run);
        return;
      case "activation.started":
        this.#take(event);
        return;
      case "checkpoint.taken":
        this.#keep(event.run, event.seq);
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
      const [run = 0, queue = 0] = key.split(" ").map(Number);
      if (this.#over.has(run)) continue;
      const plan = this.#root;
      const targets = plan?.queues[queue]?.links.map((link) => plan.links[link]?.to.node);
      if (step < 0 || (run === 0 && targets?.includes(step) === true)) sum += Math.max(0, count);
    }
    return sum;
  }

  #startRun(event: Extract<RunEvent, { type: "run.started" }>): void {
    if (!("parent" in event)) {
      this.#startedAt = event.at;
      this.#runs.set(0, { step: -1, workflow: 0 });
      this.#keep(0, event.seq);
      return;
    }
    const { run, node } = event.parent;
    const step = run === 0 ? node : (this.#runs.get(run)?.step ?? -1);
    this.#runs.set(event.run, { step, workflow: event.workflow, parent: run });
    this.#take(event.parent);
    this.#keep(event.run, event.seq);
  }

  #begin(id: number, at: Cell, startedAt: number): void {
    const step = at.run === 0 ? at.node : (this.#runs.get(at.run)?.step ?? -1);
    this.#open.set(id, { run: at.run, step, startedAt });
    this.#running.set(step, (this.#running.get(step) ?? 0) + 1);
    this.#take(at);
  }

  /** A run that ends leaves its held attempts where they are; a failed root may be resumed. */
  #endRun(run: number): void {
    for (const [id, open] of this.#open) if (open.run === run) this.#drop(id);
    if (run !== 0) this.#over.add(run);
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

  #send(event: Activation & { readonly port: string }): void {
    const ports = this.#sent.get(keyOf(event)) ?? new Set<string>();
    this.#sent.set(keyOf(event), ports.add(event.port));
  }

  /** What an activation sent while it ran is not sent again at its end. */
  #give(event: Activation & { readonly links: readonly Finding[] }): void {
    const sent = this.#sent.size === 0 ? undefined : this.#sent.get(keyOf(event));
    this.#enqueue(event.run, event.node, event.links, (port) => sent?.has(port) !== true);
    if (sent !== undefined) this.#sent.delete(keyOf(event));
  }

  #enqueue(run: number, node: number, findings: readonly Finding[], isSent: (port: string) => boolean): void {
    const index = this.#runs.get(run)?.workflow ?? 0;
    const workflow = this.#plan.workflows[index];
    findings.forEach((finding, position) => {
      if (typeof finding === "number" || !("queued" in finding)) return;
      const link = workflow?.links[workflow.nodes[node]?.outLinks[position] ?? -1];
      if (link?.queue === undefined || !isSent(link.from.port)) return;
      this.#count(`${run} ${link.queue}`, finding.queued - (finding.invalid?.length ?? 0));
    });
  }

  /** The first start of an activation takes an item from the queue in front of its step. */
  #take(at: { readonly run: number; readonly node: number; readonly n: number }): void {
    const index = this.#runs.get(at.run)?.workflow ?? 0;
    const workflow = this.#plan.workflows[index];
    const queues = workflow === undefined || workflow.queues.length === 0 ? [] : queuesInto(workflow, at.node);
    if (queues.length === 0) return;
    const key = `${at.run} ${at.node}`;
    if ((this.#taken.get(key) ?? 0) >= at.n) return;
    this.#taken.set(key, at.n);
    for (const queue of queues) this.#count(`${at.run} ${queue}`, -1);
  }

  #count(key: string, change: number): void {
    this.#queued.set(key, (this.#queued.get(key) ?? 0) + change);
  }

  #keep(run: number, to: number): void {
    if (this.#plan.workflows[this.#runs.get(run)?.workflow ?? 0]?.restorable !== true) return;
    this.#kept.set(run, { to, queued: new Map(this.#queued), taken: new Map(this.#taken) });
  }

  /** What waited in the run and below it at the checkpoint waits there again. */
  #restore(run: number, to: number): void {
    const kept = this.#kept.get(run);
    if (kept?.to !== to) return;
    const isOutside = ([key]: readonly [string, number]): boolean => !this.#isBelow(Number(key.split(" ")[0]), run);
    const isInside = (entry: readonly [string, number]): boolean => !isOutside(entry);
    this.#queued = new Map([...[...this.#queued].filter(isOutside), ...[...kept.queued].filter(isInside)]);
    this.#taken = new Map([...[...this.#taken].filter(isOutside), ...[...kept.taken].filter(isInside)]);
    for (const over of this.#over) if (this.#isBelow(over, run)) this.#over.delete(over);
  }

  #isBelow(run: number, above: number): boolean {
    for (let at: number | undefined = run; at !== undefined; at = this.#runs.get(at)?.parent)
      if (at === above) return true;
    return false;
  }
}

function keyOf({ run, node, n }: Activation): string {
  return `${run} ${node} ${n}`;
}

/** As conditions of triggers and people read them. */
export function metricsValue(metrics: RunMetrics): JsonObject {
  return {
    run: { ...metrics.run },
    steps: Object.fromEntries(Object.entries(metrics.steps).map(([k, v]) => [k, { ...v }])),
  };
}
