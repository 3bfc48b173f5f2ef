import type { AttemptRequest } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import type { RunEvent } from "../../kernel/event.js";

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
  /** Undoings by key: the attempts to undo of which the journal may yet learn, and those that ended. */
  readonly undos = new Map<string, { readonly ids: Set<string>; readonly ended: Set<string> }>();
  readonly faults: string[] = [];
  /** By cell and component: the attempts that failed. */
  readonly #failures = new Map<string, Set<string>>();

  begin(request: AttemptRequest, at: number): Execution {
    const { id, idempotencyKey: key, component } = request;
    if (this.executions.some((other) => other.id === id)) this.faults.push(`attempt ${id} ran twice`);
    const execution = { id, key, component: component.class, at };
    this.executions.push(execution);
    return execution;
  }

  /** Attempts of this cell and component that have failed so far, whatever was undone in between. */
  failuresOf(execution: Execution): number {
    return this.#failures.get(outsidePlace(execution))?.size ?? 0;
  }

  countFailure(execution: Execution): void {
    const place = outsidePlace(execution);
    this.#failures.set(place, (this.#failures.get(place) ?? new Set()).add(execution.id));
  }

  /** A failure of which the journal did not hear before the process died has not happened: the attempt is made again. */
  forgetUnheard(runId: string, events: readonly RunEvent[]): void {
    const heard = new Set(events.flatMap((event) => (event.type === "attempt.failed" ? [`${runId}:${event.id}`] : [])));
    for (const failed of this.#failures.values())
      for (const id of failed) if (id.startsWith(`${runId}:`) && !heard.has(id)) failed.delete(id);
  }

  /** A crash may repeat an undoing, as the same one; nothing else may. */
  beginUndo({ id, idempotencyKey: key }: AttemptRequest): void {
    const known = this.undos.get(key) ?? { ids: new Set<string>(), ended: new Set<string>() };
    this.undos.set(key, known);
    known.ids.add(id);
    if (known.ids.size > 1) this.faults.push(`${key} is undone twice, as ${[...known.ids].join(" and ")}`);
  }

  endUndo({ id, idempotencyKey: key }: AttemptRequest): void {
    this.undos.get(key)?.ended.add(id);
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

/** Work that was undone is done again under another key. */
function outsidePlace({ key, component }: Execution): string {
  return `${key.replace(/~\d+/g, "")} ${component}`;
}
