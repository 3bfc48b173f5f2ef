import type { Failure } from "../contracts/failure.js";
import type { Finding, PortValues, RunEvent, Unstamped } from "../kernel/event.js";
import type { Plan } from "../plan/plan.js";

/** A journal written by hand: events get numbers, and the time given by the last `at`. Nodes are named, not numbered. */
export class SampleJournal {
  readonly events: RunEvent[] = [];
  private readonly plan: Plan;
  private readonly workflows: number[] = [0];
  private now: number;
  private readonly origin: number;

  constructor(plan: Plan, origin = 1_700_000_000_000) {
    this.plan = plan;
    this.origin = origin;
    this.now = origin;
  }

  /** Milliseconds after the journal's first event. */
  at(ms: number): this {
    this.now = this.origin + ms;
    return this;
  }

  add(event: Unstamped): this {
    this.events.push({ seq: this.events.length + 1, at: this.now, ...event } as RunEvent);
    return this;
  }

  created(name = "brave-franklin", phases: { readonly [phase: string]: number } = {}): this {
    const { name: workflow, hash } = this.plan;
    return this.add({
      type: "run.created",
      id: "01SAMPLE",
      name,
      workflow,
      plan: hash,
      format: 1,
      phases,
      options: {},
    });
  }

  started(inputs: PortValues = {}): this {
    return this.add({ type: "run.started", run: 0, workflow: 0, inputs });
  }

  /** Starts a child run for a step's cell. */
  child(run: number, workflow: number, step: string, c = 0, parentRun = 0): this {
    this.workflows[run] = workflow;
    return this.add({
      type: "run.started",
      run,
      workflow,
      parent: { run: parentRun, node: this.node(step, parentRun), n: 1, c },
    });
  }

  unit(name: string, links: readonly Finding[], value: unknown = null, run = 0): this {
    return this.add({
      type: "unit.updated",
      run,
      node: this.node(name, run),
      n: 1,
      value: { json: value as string },
      links,
    });
  }

  attempt(step: string, attempt = 1, c = 0, run = 0): this {
    return this.add({ type: "attempt.started", ...this.cell(step, c, run), attempt, fallback: false });
  }

  succeeded(step: string, links: readonly Finding[] = [], out: PortValues = {}, c = 0, run = 0): this {
    return this.add({ type: "attempt.succeeded", ...this.cell(step, c, run), id: this.lastStart(), out, links });
  }

  failed(step: string, failure: Failure, c = 0, run = 0): this {
    const links =
      this.plan.workflows[this.workflows[run] ?? 0]?.nodes[this.node(step, run)]?.outLinks.map(() => 0 as const) ?? [];
    return this.add({
      type: "attempt.failed",
      ...this.cell(step, c, run),
      id: this.lastStart(),
      failure,
      links,
      jitter: 0.5,
    });
  }

  node(name: string, run = 0): number {
    return this.plan.workflows[this.workflows[run] ?? 0]?.nodes.findIndex((node) => node.name === name) ?? -1;
  }

  cell(step: string, c = 0, run = 0): { run: number; node: number; n: number; c: number } {
    return { run, node: this.node(step, run), n: 1, c };
  }

  private lastStart(): number {
    return this.events.findLast((event) => event.type === "attempt.started")?.seq ?? 0;
  }
}

export function sampleFailure(changes: Partial<Failure> = {}): Failure {
  return { kind: "step", code: "E_STEP", message: "Step failed: boom", ...changes };
}
