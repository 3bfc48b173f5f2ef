import type { AttemptRequest, AttemptSink, WorkflowAnswer, WorkflowCall } from "../../contracts/executor.js";
import type { Failure } from "../../contracts/failure.js";
import type { Json } from "../../contracts/json.js";
import type { Amounts, CallNote, CallWish } from "../../contracts/spending.js";
import { failureError } from "../../errors/step-failure.js";
import { secretMask } from "../../values/secret-mask.js";
import type { FromLane, LaneCall } from "./lane-messages.js";
import { attemptLog } from "./step-reports.js";

type Pending = { resolve(value: unknown): void; reject(error: Error): void };

const pending = new Map<number, Pending>();
let calls = 0;

/** How many questions have been put to the host so far. */
export function asked(): number {
  return calls;
}

/** What the host answered to a question of the attempt that runs. */
export function answered(call: number, value: unknown, failure: Failure | undefined): void {
  const asker = pending.get(call);
  pending.delete(call);
  if (failure === undefined) asker?.resolve(value);
  else asker?.reject(failureError(failure));
}

/** Nobody waits for what an attempt that has ended asked. */
export function forgetCalls(): void {
  pending.clear();
}

/** What one attempt tells its host and asks of it, from inside a lane. */
export class LaneLine implements AttemptSink {
  readonly #post: (message: FromLane) => void;
  readonly #job: number;
  readonly #request: AttemptRequest;
  #print: AttemptSink["log"] | undefined;

  constructor(post: (message: FromLane) => void, job: number, request: AttemptRequest) {
    this.#post = post;
    this.#job = job;
    this.#request = request;
  }

  ask(method: LaneCall["method"], ...args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      calls += 1;
      pending.set(calls, { resolve, reject });
      this.#post({ type: "call", job: this.#job, call: calls, method, args });
    });
  }

  async effect(name: string, value: Json, note?: CallNote): Promise<void> {
    await this.ask("effect", name, value, note);
  }

  reserve(name: string, wish: CallWish | null): Promise<Amounts> {
    return this.ask("reserve", name, wish) as Promise<Amounts>;
  }

  async emit(port: string, index: number, value: Json): Promise<void> {
    await this.ask("emit", port, index, value);
  }

  callWorkflow(call: WorkflowCall): Promise<WorkflowAnswer> {
    return this.ask("callWorkflow", call) as Promise<WorkflowAnswer>;
  }

  log(level: "debug" | "info" | "warn" | "error", text: string): void {
    this.#post({ type: "log", job: this.#job, level, text });
  }

  warn(text: string): void {
    this.#post({ type: "warn", job: this.#job, text });
  }

  progress(fraction: number | null, note: string): void {
    this.#post({ type: "progress", job: this.#job, fraction, note });
  }

  /** A line that the attempt's code printed. */
  print(level: "info" | "warn", text: string): void {
    this.#print ??= attemptLog(this, secretMask(this.#request.secrets));
    this.#print(level, text);
  }
}
