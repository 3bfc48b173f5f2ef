import { callAfter } from "../contracts/clock.js";
import type { Json } from "../contracts/json.js";
import type { RunStatus, Store } from "../contracts/store.js";
import type { Driver } from "../host/driver.js";
import { foldRun } from "../host/open-run.js";
import type { HostParts } from "../host/parts.js";
import type { StepNews } from "../host/step-news.js";
import type { RunEvent } from "../kernel/event.js";
import { readableOutputs } from "../kernel/recovery/restore.js";
import { type RunTree, runAt } from "../kernel/state.js";
import type { Progress } from "../observe/progress.js";
import { createProgressFold, type ProgressFold } from "../observe/progress-fold.js";
import { summarize, summarizeTrace } from "../observe/summarize.js";
import { emptyTrace, type Trace } from "../observe/trace.js";
import { applyToTrace } from "../observe/trace-fold.js";
import type { Plan } from "../plan/plan.js";
import { followEvents } from "./follow-events.js";
import { lateResult } from "./late-result.js";
import type { RunPast } from "./run-past.js";
import type { RunAsk, RunHandle, RunResult } from "./runtime.js";
import type { SteeringVerbs } from "./steering/steering-verbs.js";

const PAGE = 5000;

/** All committed events of a run, in order. */
export async function allEvents(parts: HostParts, runId: string, after = 0): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (;;) {
    const page = await parts.store.events(runId, after + events.length, PAGE);
    for (const event of page) events.push(event);
    if (page.length < PAGE) return events;
  }
}

/** `past`: a trace of the run up to some event, which is brought up to date. */
export async function resultOf(
  parts: HostParts,
  plan: Plan,
  tree: RunTree,
  status: RunStatus,
  past?: Trace,
): Promise<RunResult> {
  const outputs = await outputsOf(parts, tree);
  const read = parts.store.journal?.(tree.id);
  const { seq } = tree;
  if (read !== undefined) return lateResult(plan, tree, status, outputs, () => summarize(plan, read(0, seq)));
  const trace = past ?? emptyTrace(plan);
  for (const event of await allEvents(parts, tree.id, trace.lastSeq)) applyToTrace(trace, event);
  return { ...summarizeTrace(trace), status, outputs };
}

async function outputsOf(parts: HostParts, tree: RunTree): Promise<RunResult["outputs"]> {
  const root = runAt(tree, 0);
  const outputs: { [unit: string]: Json } = {};
  const readable = readableOutputs(root);
  for (const node of root.workflow.outputs) {
    const handle = readable.get(node);
    if (handle !== undefined) outputs[root.workflow.nodes[node]?.name ?? ""] = await parts.values.load(handle);
  }
  return outputs;
}

/** A run this process drives. */
export class DrivenRun implements RunHandle {
  readonly plan: Plan;
  readonly #parts: HostParts;
  readonly #driver: Driver;
  readonly #verbs: SteeringVerbs;
  /** Where the journal can be read at once, progress is counted when somebody asks. */
  readonly #read: ReturnType<NonNullable<Store["journal"]>>;
  #fold: ProgressFold | undefined;
  #seen = 0;
  /** What `result` made at that number: it holds until the next event, also when the store is closed. */
  #result: { readonly seq: number; readonly made: Promise<RunResult> } | undefined;
  /** Heard before the past was read. */
  #early: RunEvent[] = [];
  readonly #past: RunPast | undefined;

  /** `past`: what was made of the journal when the run was taken over. */
  constructor(parts: HostParts, driver: Driver, verbs: SteeringVerbs, past?: RunPast) {
    this.#past = past;
    past?.end();
    this.#fold = past?.fold;
    this.#seen = past?.seen ?? 0;
    this.#verbs = verbs;
    this.plan = driver.tree.plan;
    this.#parts = parts;
    this.#driver = driver;
    this.#read = parts.store.journal?.(this.id);
    if (this.#read !== undefined) return;
    driver.listen((event) => {
      if (event.seq === this.#seen + 1) this.#take(event);
      else this.#early.push(event);
    });
  }

  #take(event: RunEvent): void {
    this.#seen = event.seq;
    this.#fold ??= createProgressFold(this.plan);
    this.#fold.apply(event);
  }

  /** Takes in what the journal held before anybody listened. */
  async catchUp(): Promise<void> {
    if (this.#read !== undefined) return;
    const past = await allEvents(this.#parts, this.id, this.#seen);
    for (const event of [...past, ...this.#early]) if (event.seq === this.#seen + 1) this.#take(event);
    this.#early = [];
  }

  get id(): string {
    return this.#driver.tree.id;
  }

  get name(): string {
    return this.#driver.tree.name;
  }

  get status(): RunStatus {
    return this.#driver.status;
  }

  async result(): Promise<RunResult> {
    await this.#driver.rest();
    const { seq } = this.#driver.tree;
    this.#result = this.#result?.seq === seq ? this.#result : { seq, made: this.#makeResult() };
    const { made } = this.#result;
    made.catch(() => (this.#result = undefined));
    return made;
  }

  #makeResult(): Promise<RunResult> {
    return resultOf(this.#parts, this.plan, this.#driver.tree, this.#driver.status, this.#past?.trace());
  }

  progress(): Progress {
    for (const event of this.#read?.(this.#seen) ?? []) this.#take(event);
    this.#fold ??= createProgressFold(this.plan);
    return this.#fold.progress();
  }

  listen(listener: (event: RunEvent) => void): () => void {
    return this.#driver.listen(listener);
  }

  hear(listener: (news: StepNews) => void): () => void {
    return this.#driver.hear(listener);
  }

  events(after = 0): AsyncIterable<RunEvent> {
    return followEvents(this.#parts, this.#driver, after);
  }

  async asks(): Promise<readonly RunAsk[]> {
    return runAsks(this.#driver.tree);
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

  get answer() {
    return this.#verbs.answer;
  }

  get finish() {
    return this.#verbs.finish;
  }

  get set() {
    return this.#verbs.set;
  }
}

async function runAsks(tree: RunTree): Promise<readonly RunAsk[]> {
  const { waitingAsks } = await import("./steering/judge-answer.js");
  return waitingAsks(tree).map(({ path, name, ask }) => ({
    step: path,
    ...(name === undefined ? {} : { name }),
    ...ask,
  }));
}

/** How often a run that another process drives is looked at. */
const WATCH_INTERVAL_MS = 200;

/** A run that has ended, or that another process drives, or none. */
export async function watchRun(parts: HostParts, runId: string, plan: Plan, verbs: SteeringVerbs): Promise<RunHandle> {
  const { tree } = await foldRun(parts, runId, plan);
  const listeners = new Set<(event: RunEvent) => void>();
  const fold = createProgressFold(plan);
  for (const event of await allEvents(parts, runId)) fold.apply(event);
  const follow = async function* (after: number): AsyncIterable<RunEvent> {
    let last = after;
    for (;;) {
      const record = await parts.store.find(runId);
      for (let whole = false; !whole; ) {
        const page = await parts.store.events(runId, last, PAGE);
        for (const event of page) yield event;
        last = page.at(-1)?.seq ?? last;
        whole = page.length < PAGE;
      }
      if (record === undefined || isOver(record.status) || (await parts.store.holder(runId)) === undefined) return;
      await new Promise<void>((resolve) => callAfter(parts.clock, WATCH_INTERVAL_MS, resolve));
    }
  };
  let status = (await parts.store.find(runId))?.status ?? "pending";
  const result = async (): Promise<RunResult> => {
    for await (const event of follow(tree.seq)) {
      fold.apply(event);
      for (const listener of listeners) listener(event);
    }
    status = (await parts.store.find(runId))?.status ?? status;
    return resultOf(parts, plan, (await foldRun(parts, runId, plan)).tree, status);
  };
  return {
    id: tree.id,
    name: tree.name,
    plan,
    get status() {
      return status;
    },
    result,
    progress: () => fold.progress(),
    events: (after = 0) => follow(after),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hear: () => () => undefined,
    asks: async () => runAsks((await foldRun(parts, runId, plan)).tree),
    ...verbs,
  };
}

export function isOver(status: RunStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
