import { Effect, Queue } from "effect";
import { version as v } from "../../lib/version.mjs";
export const version = v("effect");
export async function run({ items, capacity, work }) {
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const q = yield* Queue.bounded(capacity);
        yield* Effect.forkScoped(
          Effect.gen(function* () {
            for (let i = 0; i < items; i++) yield* Queue.offer(q, i);
          }),
        );
        for (let i = 0; i < items; i++) {
          const x = yield* Queue.take(q);
          yield* Effect.promise(() => work(x));
        }
      }),
    ),
  );
}
