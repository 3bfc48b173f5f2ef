import { Effect, Queue } from "effect";
import { version as v } from "../../lib/version.mjs";
export const version = v("effect");
export const note = "three unbounded queues, a fiber per stage";
export async function pipeline({ stages: [a, b, c], onOut }) {
  const [q1, q2, q3] = Effect.runSync(Effect.all([Queue.unbounded(), Queue.unbounded(), Queue.unbounded()]));
  const loop = (q, f, out) =>
    Effect.runFork(
      Effect.forever(
        Effect.flatMap(Queue.take(q), (x) =>
          Effect.flatMap(
            Effect.promise(() => f(x)),
            out,
          ),
        ),
      ),
    );
  loop(q1, a, (x) => Queue.offer(q2, x));
  loop(q2, b, (x) => Queue.offer(q3, x));
  loop(q3, c, (x) => Effect.sync(() => onOut(x)));
  return {
    emit(ev) {
      Queue.offerUnsafe(q1, ev);
    },
  };
}
