// What an engine could do: in-degree counters in typed arrays, an integer ready ring, results kept by index,
// one shared completion path per step (one closure each), failure and cancellation checked per step.
export const version = "prototype";
export async function run({ graph, step }) {
  const n = graph.n,
    f = new Array(n);
  for (let i = 0; i < n; i++) f[i] = step(i);
  const t0 = performance.now();
  const { succOff, succIdx, predOff } = graph;
  const indeg = new Int32Array(n),
    ready = new Int32Array(n),
    state = new Uint8Array(n),
    results = new Array(n);
  let head = 0,
    tail = 0,
    left = n,
    failed = false;
  for (let i = 0; i < n; i++) {
    indeg[i] = predOff[i + 1] - predOff[i];
    if (indeg[i] === 0) ready[tail++] = i;
  }
  const t = performance.now();
  await new Promise((resolve, reject) => {
    let draining = false;
    const done = (i, v) => {
      results[i] = v;
      state[i] = 2;
      for (let k = succOff[i], e = succOff[i + 1]; k < e; k++) {
        const s = succIdx[k];
        if (--indeg[s] === 0) ready[tail++] = s;
      }
      if (--left === 0) resolve();
      else if (!draining) drain();
    };
    const fail = (i, e) => {
      state[i] = 3;
      failed = true;
      reject(e);
    };
    const drain = () => {
      draining = true;
      while (head < tail && !failed) {
        const i = ready[head++];
        state[i] = 1;
        let r;
        try {
          r = f[i](results);
        } catch (e) {
          fail(i, e);
          break;
        }
        if (r !== null && typeof r === "object" && typeof r.then === "function")
          r.then(
            (v) => done(i, v),
            (e) => fail(i, e),
          );
        else done(i, r);
      }
      draining = false;
    };
    drain();
  });
  const t2 = performance.now();
  return { ms: t2 - t, buildMs: t - t0 };
}
