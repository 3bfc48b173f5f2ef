export const version = `node ${process.versions.node}`;
class E extends Event {
  constructor(t, d) {
    super(t);
    this.d = d;
  }
}
export async function pipeline({ stages: [a, b, c], onOut }) {
  const e = new EventTarget();
  e.addEventListener("a", async (x) => e.dispatchEvent(new E("b", await a(x.d))));
  e.addEventListener("b", async (x) => e.dispatchEvent(new E("c", await b(x.d))));
  e.addEventListener("c", async (x) => e.dispatchEvent(new E("d", await c(x.d))));
  e.addEventListener("d", (x) => onOut(x.d));
  return {
    emit(ev) {
      e.dispatchEvent(new E("a", ev));
    },
  };
}
