// Floor: bounded ring, at most one sleeping producer and one sleeping consumer.
export const version = `node ${process.versions.node}`;
export async function run({ items, capacity, work }) {
  const ring = new Array(capacity),
    mask = capacity - 1;
  let h = 0,
    t = 0,
    end = false,
    wakeP = null,
    wakeC = null;
  const producer = (async () => {
    for (let i = 0; i < items; i++) {
      if (t - h === capacity) await new Promise((r) => (wakeP = r));
      ring[t++ & mask] = i;
      if (wakeC) {
        const w = wakeC;
        wakeC = null;
        w();
      }
    }
    end = true;
    if (wakeC) wakeC();
  })();
  for (;;) {
    while (h < t) {
      const x = ring[h & mask];
      ring[h & mask] = undefined;
      h++;
      await work(x);
      if (wakeP && t - h <= capacity >> 1) {
        const w = wakeP;
        wakeP = null;
        w();
      }
    }
    if (end) break;
    await new Promise((r) => {
      wakeC = r;
      if (h < t || end) {
        wakeC = null;
        r();
      }
    });
  }
  await producer;
}
