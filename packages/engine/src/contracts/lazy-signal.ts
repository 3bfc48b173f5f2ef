import type { StepContext } from "./component.js";
import type { StopSign } from "./stop-sign.js";

/** Under which a context keeps what its signal is made from. */
const source: unique symbol = Symbol("stop sign");

type Sourced = { [source]?: StopSign | undefined };

const accessor = {
  enumerable: true,
  configurable: true,
  get(this: Sourced): AbortSignal | undefined {
    return this[source]?.signal;
  },
};

/**
 * Adds the member `signal`, which is made when it is read: most steps never look at it. It is a member of the object itself, as the
 * others are, so that copies and rests have it too. The accessor is shared, which keeps such objects fast.
 */
export function withSignal<Members extends object>(
  members: Members,
  stop: StopSign,
): Members & Pick<StepContext, "signal"> {
  (members as Sourced)[source] = stop;
  return Object.defineProperty(members, "signal", accessor) as Members & Pick<StepContext, "signal">;
}

/** The same signal as the other context's, made no sooner. */
export function withSignalOf<Members extends object>(
  members: Members,
  context: Pick<StepContext, "signal">,
): Members & Pick<StepContext, "signal"> {
  const stop = (context as Sourced)[source];
  return stop === undefined ? Object.assign(members, { signal: context.signal }) : withSignal(members, stop);
}
