import type { ExpressCall } from "./express-call.js";
import type { ExpressRun } from "./express-run.js";
import type { Made } from "./made.js";

/** One attempt under way. Kept for the next one when it has ended. */
export type Flight = {
  /** -1: idle. */
  node: number;
  call: ExpressCall | undefined;
  beganMs: number;
  /** What the code gave after the run had been handed over, or when nobody may go on yet. */
  made: Made | undefined;
  readonly succeed: (made: unknown) => void;
  readonly fail: (error: unknown) => void;
  ending: { resolve(made: unknown): void; reject(error: unknown): void } | undefined;
};

/**
 * What a run needs only while it goes on, lent by its plan. S1. One run has it at a time. S2. It goes back when the run has completed,
 * with no flight under way; never from a run that was handed over, whose flights end later.
 */
export type Scratch = {
  /** By node: how much it still waits for. */
  readonly need: Int32Array;
  readonly queue: Int32Array;
  /** All there ever were. */
  readonly flights: Flight[];
  readonly idle: Flight[];
  run: ExpressRun | undefined;
};

/** Kept for later runs of a plan: one, and of small plans more. */
const MAX_IDLE = 16;
const MAX_IDLE_NODES = 16_384;
const MAX_FLIGHTS = 1024;

type Lender = { readonly need: Int32Array; readonly idle: Scratch[] };

export function takeScratch({ need, idle }: Lender): Scratch {
  const nodes = need.length;
  const scratch = idle.pop() ?? {
    ...{ need: new Int32Array(nodes), queue: new Int32Array(nodes) },
    ...{ flights: [], idle: [], run: undefined },
  };
  scratch.need.set(need);
  return scratch;
}

/** How it ends, for who goes on with it. */
export function endingOf(flight: Flight): Promise<unknown> {
  const ending = new Promise<unknown>((resolve, reject) => {
    flight.ending = { resolve, reject };
  });
  ending.catch(() => undefined);
  if (flight.made !== undefined) flight.ending?.resolve(flight.made.made);
  return ending;
}

export function giveScratch({ need, idle }: Lender, scratch: Scratch): void {
  scratch.run = undefined;
  if (idle.length >= MAX_IDLE || idle.length * need.length > MAX_IDLE_NODES) return;
  if (scratch.flights.length > MAX_FLIGHTS) {
    scratch.flights.length = MAX_FLIGHTS;
    scratch.idle.splice(0, scratch.idle.length, ...scratch.flights);
  }
  idle.push(scratch);
}

/** A new attempt of the run that has the scratch. */
export function newFlight(scratch: Scratch): Flight {
  const flight: Flight = {
    node: -1,
    call: undefined,
    beganMs: Number.NaN,
    made: undefined,
    ending: undefined,
    succeed: (made) => scratch.run?.succeeded(flight, made),
    fail: (error) => scratch.run?.failed(flight, error),
  };
  scratch.flights.push(flight);
  return flight;
}
