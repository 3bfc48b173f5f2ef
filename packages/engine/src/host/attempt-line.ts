import type { AttemptRequest, AttemptSink, WorkflowAnswer, WorkflowCall } from "../contracts/executor.js";
import type { Json } from "../contracts/json.js";
import type { Amounts, CallNote, CallWish } from "../contracts/spending.js";
import type { StopSign } from "../contracts/stop-sign.js";
import { emissionOf } from "../values/outcome.js";
import type { AttemptPost, Shift } from "./attempts.js";
import type { Caller } from "./parts.js";
import type { TimeLimit } from "./time-limit.js";

const nothing: ReadonlySet<string> = new Set();

/** What one attempt tells its host. Values are journaled in the order they were given; most attempts give none before their end. */
export class AttemptLine implements AttemptSink {
  readonly #shift: Shift;
  readonly #post: AttemptPost;
  readonly #limit: TimeLimit;
  readonly #request: AttemptRequest;
  readonly #stop: StopSign;
  #emitted: Set<string> | undefined;
  #last: Promise<unknown> | undefined;

  constructor(
    shift: Shift,
    post: AttemptPost,
    limit: TimeLimit,
    { request, stop }: { readonly request: AttemptRequest; readonly stop: StopSign },
  ) {
    this.#shift = shift;
    this.#post = post;
    this.#limit = limit;
    this.#request = request;
    this.#stop = stop;
    const { started, emits } = shift.work;
    // A first attempt that has sent something before it is here began elsewhere.
    if (started.attempt === 1 && emits !== undefined) this.#emitted = new Set(emits.keys());
  }

  /** Ports that were given values. */
  get emitted(): ReadonlySet<string> {
    return this.#emitted ?? nothing;
  }

  begins(): void {
    this.#limit.start();
  }

  hasEnded(): void {
    this.#limit.stop();
  }

  callWorkflow(call: WorkflowCall): Promise<WorkflowAnswer> {
    const { tree, work } = this.#shift;
    const { runId, step, idempotencyKey: key, folders } = this.#request;
    const log: Caller["log"] = (level, text) => this.#post.log(step, level, text);
    const { signal } = this.#stop;
    const { run: within, id } = work.started;
    const caller = { runId, runName: tree.name, within, step, key, project: folders.project, signal, log };
    return this.#post.callWorkflow(caller, id, call);
  }

  effect(name: string, value: Json, note?: CallNote): Promise<void> {
    const { started } = this.#shift.work;
    return this.#post.effect(started, started.id, name, value, note);
  }

  reserve(name: string, wish: CallWish | null): Promise<Amounts> {
    const { started } = this.#shift.work;
    return this.#post.reserve(started, started.id, name, wish);
  }

  /** What an earlier attempt of the activation sent is not sent again. */
  async emit(port: string, index: number, value: Json): Promise<void> {
    const { id } = this.#shift.work.started;
    this.#emitted ??= new Set();
    this.#emitted.add(port);
    const journaled = (this.#last ?? Promise.resolve()).then(() => this.#journal(port, index, value));
    this.#last = journaled.catch(() => undefined);
    await journaled;
    const room = this.#post.room(id);
    if (room !== undefined) await this.#limit.outside(room);
  }

  async #journal(port: string, index: number, value: Json): Promise<void> {
    const { parts, settings, tree, work } = this.#shift;
    const { node, id } = work.started;
    const place = { runId: tree.id, step: work.path };
    const emission = await emissionOf(parts, settings, work.workflow, { node, port }, value, place);
    await this.#post.emit(work.started, id, port, index, emission);
  }

  log(level: "debug" | "info" | "warn" | "error", text: string): void {
    this.#post.log(this.#shift.work.path, level, text);
  }

  warn(text: string): void {
    const { started, path } = this.#shift.work;
    this.#post.warn(started, started.id, `${path}: ${text}`);
  }

  progress(fraction: number | null, note: string): void {
    this.#post.progress(this.#shift.work.path, fraction, note);
  }
}

/** The same as a plain object, for executors that may make one of their own from its members. */
export function plainSink(line: AttemptLine): AttemptSink {
  return {
    begins: () => line.begins(),
    hasEnded: () => line.hasEnded(),
    callWorkflow: (call) => line.callWorkflow(call),
    effect: (name, value, note) => line.effect(name, value, note),
    reserve: (name, wish) => line.reserve(name, wish),
    emit: (port, index, value) => line.emit(port, index, value),
    log: (level, text) => line.log(level, text),
    warn: (text) => line.warn(text),
    progress: (fraction, note) => line.progress(fraction, note),
  };
}
