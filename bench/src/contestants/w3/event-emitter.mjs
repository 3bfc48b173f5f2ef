import { EventEmitter } from "node:events";
export const version = `node ${process.versions.node}`;
export async function pipeline({ stages: [a, b, c], onOut }) {
  const e = new EventEmitter();
  e.on("a", async (x) => e.emit("b", await a(x)));
  e.on("b", async (x) => e.emit("c", await b(x)));
  e.on("c", async (x) => e.emit("d", await c(x)));
  e.on("d", onOut);
  return {
    emit(ev) {
      e.emit("a", ev);
    },
  };
}
