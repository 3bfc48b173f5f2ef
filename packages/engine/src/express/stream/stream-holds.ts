import { newRoom, type StreamFlight } from "./stream-flight.js";
import type { StreamNet } from "./stream-net.js";
import type { StreamPlan } from "./stream-plan.js";

/** Emits of one attempt that are taken while it waits for room, as on the general way. */
const MOST_AHEAD = 64;

/** Attempts that sent values into full queues, and wait until there is room again. */
export class StreamHolds {
  readonly #plan: StreamPlan;
  readonly #net: StreamNet;
  readonly #held: StreamFlight[] = [];

  constructor(plan: StreamPlan, net: StreamNet) {
    this.#plan = plan;
    this.#net = net;
  }

  get count(): number {
    return this.#held.length;
  }

  /** Those for whom there is still no room. */
  countFull(): number {
    return this.#held.reduce((sum, flight) => sum + Number(this.#isFull(flight, 1)), 0);
  }

  /** More was sent than may wait: it sends no more here. */
  isAhead({ room }: StreamFlight): boolean {
    return room !== undefined && room.count >= MOST_AHEAD;
  }

  /** What the attempt waits for after a value was sent; undefined: nothing. */
  hold(flight: StreamFlight): Promise<void> | undefined {
    if (flight.room === undefined) {
      if (!this.#isFull(flight, 1)) return undefined;
      flight.room = newRoom();
      this.#held.push(flight);
    }
    flight.room.count++;
    return flight.room.promise;
  }

  /** Lets those go on whose queues are filled to this share at most; gives those whose code had ended. */
  relieve(share: number): readonly StreamFlight[] {
    let over: StreamFlight[] | undefined;
    for (let at = this.#held.length - 1; at >= 0; at--) {
      const flight = this.#held[at] as StreamFlight;
      if (this.#isFull(flight, share)) continue;
      this.#held.splice(at, 1);
      flight.room?.resolve();
      flight.room = undefined;
      if (!flight.isWaiting) continue;
      flight.isWaiting = false;
      over ??= [];
      over.push(flight);
    }
    return over ?? none;
  }

  #isFull({ sent }: StreamFlight, share: number): boolean {
    for (const { queues } of sent ?? [])
      for (const queue of queues)
        if ((this.#net.waiting[queue] ?? 0) > (this.#plan.capacity[queue] ?? 0) * share) return true;
    return false;
  }
}

const none: readonly StreamFlight[] = [];
