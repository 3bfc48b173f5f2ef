// A machine per stage: idle -> busy (invoke promise) -> idle; waiting events held in context.
import { createActor, createMachine, fromPromise } from "xstate";
import { version as v } from "../../lib/version.mjs";
export const version = v("xstate"),
  n = 5000;
export const note = "three state machines with an invoked promise";
export async function pipeline({ stages: [a, b, c], onOut }) {
  const mk = (f, next) =>
    createActor(
      createMachine({
        context: { q: [], h: 0 },
        initial: "idle",
        on: {
          data: {
            actions: ({ context, event }) => {
              context.q.push(event.d);
            },
          },
        },
        states: {
          idle: {
            on: {
              data: {
                target: "busy",
                actions: ({ context, event }) => {
                  context.q.push(event.d);
                },
              },
            },
            always: { target: "busy", guard: ({ context }) => context.q.length > 0 },
          },
          busy: {
            invoke: {
              src: fromPromise(({ input }) => f(input)),
              input: ({ context }) => context.q.shift(),
              onDone: { target: "idle", actions: ({ event }) => next(event.output) },
            },
          },
        },
      }),
    ).start();
  const c3 = mk(c, onOut),
    c2 = mk(b, (d) => c3.send({ type: "data", d })),
    c1 = mk(a, (d) => c2.send({ type: "data", d }));
  return {
    emit(ev) {
      c1.send({ type: "data", d: ev });
    },
  };
}
