import type { Requests, SteeringAnswer, SteeringRequest } from "../../../contracts/requests.js";
import { inOrder } from "../request-order.js";

/** Requests within one process. Kept as JSON text, so that no caller can change what was asked. */
export class MemoryRequests implements Requests {
  readonly #open = new Map<string, string>();
  readonly #answers = new Map<string, string>();
  readonly #listeners = new Set<() => void>();

  async post(request: SteeringRequest): Promise<void> {
    if (this.#answers.has(request.id)) return;
    this.#open.set(request.id, JSON.stringify(request));
    this.#tell();
  }

  async list(runId?: string): Promise<readonly SteeringRequest[]> {
    const all = [...this.#open.values()].map((text) => JSON.parse(text) as SteeringRequest);
    return inOrder(all.filter((request) => runId === undefined || request.runId === runId));
  }

  async settle(id: string, answer: SteeringAnswer): Promise<void> {
    if (!this.#open.delete(id)) return;
    this.#answers.set(id, JSON.stringify(answer));
    this.#tell();
  }

  async answer(id: string): Promise<SteeringAnswer | undefined> {
    const text = this.#answers.get(id);
    return text === undefined ? undefined : (JSON.parse(text) as SteeringAnswer);
  }

  async forget(id: string): Promise<void> {
    this.#answers.delete(id);
  }

  watch(listener: () => void): () => void {
    const one = (): void => listener();
    this.#listeners.add(one);
    return () => this.#listeners.delete(one);
  }

  #tell(): void {
    for (const listener of this.#listeners) queueMicrotask(listener);
  }
}
