import type { RunEvent } from "../kernel/event.js";
import { createProgressFold, type ProgressFold } from "../observe/progress-fold.js";
import { emptyTrace, type Trace } from "../observe/trace.js";
import { applyToTrace } from "../observe/trace-fold.js";
import type { Plan } from "../plan/plan.js";

/**
 * What is made of a run's journal besides its state when it is taken over, so that the journal is read once: how far the run is, and
 * its trace, which a result is made from. The trace is large: it is forgotten when memory is short, and then made anew.
 */
export class RunPast {
  readonly fold: ProgressFold;
  /** Number of the last event that was seen. */
  seen = 0;
  #trace: Trace | undefined;
  #kept: WeakRef<Trace> | undefined;

  constructor(plan: Plan) {
    this.fold = createProgressFold(plan);
    this.#trace = emptyTrace(plan);
  }

  readonly see = (event: RunEvent): void => {
    this.seen = event.seq;
    this.fold.apply(event);
    if (this.#trace !== undefined) applyToTrace(this.#trace, event);
  };

  /** To be called when the journal was read. */
  end(): void {
    if (this.#trace !== undefined) this.#kept = new WeakRef(this.#trace);
    this.#trace = undefined;
  }

  /** As of the events seen, or of those that were added to it since; undefined: it was forgotten. */
  trace(): Trace | undefined {
    return this.#kept?.deref();
  }
}
