import type { Made } from "../made.js";
import type { Unfinished } from "../outside.js";
import type { Stall } from "../stall.js";
import type { StreamCall } from "./stream-call.js";
import type { StreamNode, StreamPort } from "./stream-plan.js";

/** Emits that wait until queues have room. */
export type Room = { readonly promise: Promise<void>; resolve(): void; count: number };

/** One attempt under way. Kept for the next one when it has ended. */
export type StreamFlight = {
  /** Undefined: it is idle. */
  node: StreamNode | undefined;
  n: number;
  id: number;
  /** Its code has been called. */
  isCalled: boolean;
  call: StreamCall | undefined;
  beganMs: number;
  tookMs: number;
  /** What it took, by slot. */
  readonly tokens: unknown[];
  /** What the code gave after the run had been handed over, or when nobody may go on yet. */
  made: Made | undefined;
  /** Ports that were sent values. */
  sent: StreamPort[] | undefined;
  room: Room | undefined;
  /** Its code has ended, and it waits for room alone. */
  isWaiting: boolean;
  readonly succeed: (made: unknown) => void;
  readonly fail: (error: unknown) => void;
  ending: { resolve(made: unknown): void; reject(error: unknown): void } | undefined;
};

export function newRoom(): Room {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve, count: 0 };
}

export function newFlight(succeed: StreamFlight["succeed"], fail: StreamFlight["fail"]): StreamFlight {
  return {
    ...{
      node: undefined,
      n: 0,
      id: 0,
      isCalled: false,
      isWaiting: false,
      call: undefined,
      beganMs: Number.NaN,
      tookMs: Number.NaN,
      tokens: [],
    },
    ...{ made: undefined, sent: undefined, room: undefined, ending: undefined, succeed, fail },
  };
}

/** Its code goes on behind an `await`. */
export function follow(made: PromiseLike<unknown>, { succeed, fail }: StreamFlight, stall: Stall): void {
  void Promise.resolve(made).then(succeed, fail);
  stall.expect();
}

/** For the engine to go on with. What waits for room goes on when the engine says so. */
export function surrender(flight: StreamFlight): Unfinished {
  const { n, id, call, room, made, beganMs } = flight;
  const node = flight.node?.node ?? 0;
  const endsAtMs = Number.POSITIVE_INFINITY;
  if (!flight.isCalled) return { node, n, id, call: undefined, ending: undefined, endsAtMs };
  const ending = new Promise<unknown>((resolve, reject) => {
    flight.ending = { resolve, reject };
  });
  ending.catch(() => undefined);
  const end = (): void => {
    if (made !== undefined) flight.ending?.resolve(made.made);
  };
  if (room === undefined) {
    end();
    return { node, n, id, call, ending, endsAtMs, beganMs };
  }
  const released = async (free: Promise<void> | undefined): Promise<void> => {
    await free;
    room.resolve();
    end();
  };
  return { node, n, id, call, ending, endsAtMs, beganMs, released };
}
