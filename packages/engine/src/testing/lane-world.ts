import type { Json } from "../contracts/json.js";
import type { JournalHead } from "../express/express-journal.js";
import type { ExpressOutside } from "../express/outside.js";
import { noStall } from "../express/stall.js";
import type { Plan } from "../plan/plan.js";
import { copyOf } from "../runtime/express/express-result.js";

/** What surrounds a run without a driver, in the hands of a test: time that it moves, places that it counts, callbacks that it calls. */
export class LaneWorld {
  readonly deferred: (() => void)[] = [];
  places: number;
  taken = 0;
  isHandedOver = false;
  isCompleted = false;
  nowMs = 1000;

  constructor(places: number) {
    this.places = places;
  }

  protected headOf({ name, hash }: Plan, given: { readonly [unit: string]: Json }): JournalHead {
    const inputs = Object.fromEntries(Object.entries(given).map(([unit, json]) => [unit, { json }]));
    const run = { id: "run-1", name: "rig", workflow: name, plan: hash, format: 1, phases: {}, options: {} } as const;
    return { created: { type: "run.created", ...run }, inputs, at: this.nowMs };
  }

  protected outside(): ExpressOutside {
    return {
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs, random: () => 0, wake: () => () => undefined },
      turn: { endsAtMs: Number.POSITIVE_INFINITY },
      places: {
        take: (count) => this.#take(count),
        takeInTurn: () => this.#take(1),
        leave: () => undefined,
        give: (count) => {
          this.taken -= count;
        },
        isAwaited: () => false,
        isShared: () => false,
      },
      folders: { project: "/", roots: [], blobs: null, scratch: "/" },
      defer: (callback) => this.deferred.push(callback),
      copy: copyOf,
      fits: () => true,
      stall: noStall,
      heldUp: () => undefined,
      handOver: () => {
        this.isHandedOver = true;
      },
      completed: () => {
        this.isCompleted = true;
      },
    };
  }

  #take(count: number): boolean {
    if (this.taken + count > this.places) return false;
    this.taken += count;
    return true;
  }
}
