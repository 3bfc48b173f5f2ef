import type { AttemptRequest } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";

export type Execution = {
  readonly id: string;
  readonly key: string;
  readonly component: string;
  readonly at: number;
  ended?: { readonly at: number; readonly outputs?: { readonly [port: string]: Json } };
};

/** What really happened outside, whatever the journal says: it survives every crash of the engine. */
export class Witness {
  readonly executions: Execution[] = [];
  /** Effects by cell and component: how often they happened, and whether their record is known to be on disk. */
  readonly effects = new Map<string, { count: number; isRecorded: boolean; value: Json }>();
  readonly faults: string[] = [];
  readonly #failures = new Map<string, number>();

  begin(request: AttemptRequest, at: number): Execution {
    const { id, idempotencyKey: key, component } = request;
    if (this.executions.some((other) => other.id === id)) this.faults.push(`attempt ${id} ran twice`);
    const execution = { id, key, component: component.class, at };
    this.executions.push(execution);
    return execution;
  }

  /** Attempts of this cell and component that have failed so far. */
  failuresOf(execution: Execution): number {
    return this.#failures.get(`${execution.key} ${execution.component}`) ?? 0;
  }

  countFailure(execution: Execution): void {
    this.#failures.set(`${execution.key} ${execution.component}`, this.failuresOf(execution) + 1);
  }

  effect(execution: Execution, value: Json): void {
    const place = `${execution.key} ${execution.component}`;
    const known = this.effects.get(place);
    if (known?.isRecorded === true) this.faults.push(`effect of ${place} happened again after it was recorded`);
    this.effects.set(place, { count: (known?.count ?? 0) + 1, isRecorded: false, value });
  }

  recorded(execution: Execution): void {
    const known = this.effects.get(`${execution.key} ${execution.component}`);
    if (known !== undefined) known.isRecorded = true;
  }
}
