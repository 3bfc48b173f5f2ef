import { createActor, fromCallback } from "xstate";
import { version as v } from "../../lib/version.mjs";
export const version = v("xstate");
export const note = "three callback actors";
export async function pipeline({ stages: [a, b, c], onOut }) {
  const mk = (f, next) =>
    createActor(
      fromCallback(({ receive }) => {
        receive(async (e) => next({ type: "data", d: await f(e.d) }));
      }),
    ).start();
  const c3 = mk(c, (e) => onOut(e.d)),
    c2 = mk(b, (e) => c3.send(e)),
    c1 = mk(a, (e) => c2.send(e));
  return {
    emit(ev) {
      c1.send({ type: "data", d: ev });
    },
  };
}
