// Floor: three awaited calls per event, no event machinery.
export const version = `node ${process.versions.node}`;
export async function pipeline({ stages: [a, b, c], onOut }) {
  return {
    emit(ev) {
      (async () => onOut(await c(await b(await a(ev)))))();
    },
  };
}
