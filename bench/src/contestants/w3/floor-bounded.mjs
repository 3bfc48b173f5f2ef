// Floor: three awaited calls per event with at most 1024 events in flight (keeps garbage young: faster than no bound).
export const version = `node ${process.versions.node}`;
export async function pipeline({ stages: [a, b, c], onOut }) {
  let inflight = 0,
    wake = null;
  const go = async (ev) => {
    const x = await c(await b(await a(ev)));
    inflight--;
    if (wake && inflight <= 512) {
      const w = wake;
      wake = null;
      w();
    }
    onOut(x);
  };
  return {
    emit(ev) {
      inflight++;
      go(ev);
      if (inflight >= 1024) return new Promise((r) => (wake = r));
    },
  };
}
