import { setTimeout as delay } from "node:timers/promises";
import type { SteeringAnswer, SteeringRequest } from "../../contracts/requests.js";
import type { Store } from "../../contracts/store.js";

/** How long `close` waits for answers under way. */
const patienceMs = 1000;

/**
 * Hears what other processes ask of the runs this one holds, and sees to it that each request is carried out and answered.
 * I1. A request is carried out before it is answered, and once: its id is in the journal with what follows from it.
 * I2. Requests of one run are carried out in order. I3. What cannot be carried out now (`undefined`) stays for whoever comes next.
 */
export class RequestDesk {
  readonly #store: Store;
  readonly #carryOut: (request: SteeringRequest) => Promise<SteeringAnswer | undefined>;
  /** Requests being carried out; those that were, until they are seen to be off the list; answers that could not be written. */
  readonly #underWay = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #answers = new Map<string, SteeringAnswer>();
  readonly #seeing = new Set<Promise<void>>();
  readonly #stop: () => void;
  #looking: Promise<void> | undefined;
  #again = false;
  #open = true;

  constructor(store: Store, carryOut: (request: SteeringRequest) => Promise<SteeringAnswer | undefined>) {
    this.#store = store;
    this.#carryOut = carryOut;
    this.#stop = store.requests.watch(() => this.look());
  }

  /** Looks for requests that nobody told of. */
  look(): void {
    this.#again = true;
    this.#looking ??= this.#lookAround().finally(() => {
      this.#looking = undefined;
      if (this.#again && this.#open) this.look();
    });
  }

  async #lookAround(): Promise<void> {
    while (this.#again && this.#open) {
      this.#again = false;
      const listed = await this.#listed();
      const ids = new Set(listed.map((request) => request.id));
      for (const id of this.#taken) if (!ids.has(id) && !this.#underWay.has(id)) this.#taken.delete(id);
      for (const request of listed) if (this.#isOpen(request.id) && (await this.#isOurs(request))) this.#begin(request);
    }
  }

  /** Not taken before, or carried out and without its answer. */
  #isOpen(id: string): boolean {
    return !this.#underWay.has(id) && (!this.#taken.has(id) || this.#answers.has(id));
  }

  #begin(request: SteeringRequest): void {
    this.#underWay.add(request.id);
    this.#taken.add(request.id);
    const seeing = this.#see(request).finally(() => {
      this.#underWay.delete(request.id);
      this.#seeing.delete(seeing);
    });
    this.#seeing.add(seeing);
  }

  /** A folder that cannot be read now is looked at again when it changes. */
  #listed(): Promise<readonly SteeringRequest[]> {
    return this.#store.requests.list().catch(() => []);
  }

  #isOurs(request: SteeringRequest): Promise<boolean> {
    return this.#store.holds(request.runId).catch(() => false);
  }

  async #see(request: SteeringRequest): Promise<void> {
    const answer = this.#answers.get(request.id) ?? (await this.#carryOut(request));
    if (answer === undefined) return;
    this.#answers.set(request.id, answer);
    try {
      await this.#store.requests.settle(request.id, answer);
      this.#answers.delete(request.id);
    } catch {
      // No room for the answer: it is kept here, and the request stays on the list.
    }
  }

  /** Hears nothing more. What is journaled already is answered first: who asked need not find out by itself that the process went. */
  async close(): Promise<void> {
    this.#open = false;
    this.#stop();
    const late = new AbortController();
    const patience = delay(patienceMs, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled([...this.#seeing]), patience]);
    late.abort();
  }
}
