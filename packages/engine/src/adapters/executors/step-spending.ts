import type { StepContext } from "../../contracts/component.js";
import type { AttemptSink } from "../../contracts/executor.js";
import type { Json } from "../../contracts/json.js";
import type { CallNote } from "../../contracts/spending.js";
import type { StopSign } from "../../contracts/stop-sign.js";
import { orStopped } from "./step-calls.js";
import type { StepEffects } from "./step-effects.js";

export type SpendingSurroundings = {
  readonly effects: StepEffects;
  readonly sink: Pick<AttemptSink, "reserve">;
  readonly stop: StopSign;
};

/** Effects that are calls: the host sets aside what they may use up, until they are on disk or have failed. */
export function stepSpending({ effects, sink, stop }: SpendingSurroundings): StepContext["call"] {
  return async <T extends Json>(...[name, wish, fn]: Parameters<StepContext["call"]>): Promise<T> => {
    let note: CallNote | undefined;
    const done = await effects.once(
      name,
      async () => {
        const room = (await orStopped(stop, sink.reserve?.(name, wish))) ?? {};
        try {
          const called = await fn(room);
          note = called.note;
          return called.value;
        } catch (error) {
          await sink.reserve?.(name, null);
          throw error;
        }
      },
      () => note,
    );
    return done as T;
  };
}
