/** One thing at a time for each run: steering it, and taking it over, never overlap within a process. */
export class RunTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<Value>(runId: string, action: () => Promise<Value>): Promise<Value> {
    const result = (this.#last.get(runId) ?? Promise.resolve()).then(action);
    const settled: Promise<void> = result.then(
      () => this.#end(runId, settled),
      () => this.#end(runId, settled),
    );
    this.#last.set(runId, settled);
    return result;
  }

  #end(runId: string, settled: Promise<void>): void {
    if (this.#last.get(runId) === settled) this.#last.delete(runId);
  }
}
