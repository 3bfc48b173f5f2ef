// Lower bound: no engine at all, `await fn()` in the given order (the microtask cost only).
export const version = `node ${process.versions.node}`;
export const note = "no graph, no concurrency";
export async function run({ graph, step }) {
  const n = graph.n,
    f = new Array(n);
  for (let i = 0; i < n; i++) f[i] = step(i);
  const t = performance.now();
  for (let i = 0; i < n; i++) await f[i]();
  return { ms: performance.now() - t };
}
