// Workload graphs. Nodes are 0..n-1, declared in a topological order.
// preds/succs in CSR form: preds of i are predIdx[predOff[i] .. predOff[i+1]).
import { rng } from "./stats.mjs";

export function fromEdges(n, edges) {
  const predOff = new Int32Array(n + 1),
    succOff = new Int32Array(n + 1);
  for (const [a, b] of edges) {
    predOff[b + 1]++;
    succOff[a + 1]++;
  }
  for (let i = 0; i < n; i++) {
    predOff[i + 1] += predOff[i];
    succOff[i + 1] += succOff[i];
  }
  const predIdx = new Int32Array(edges.length),
    succIdx = new Int32Array(edges.length);
  const p = predOff.slice(),
    s = succOff.slice();
  for (const [a, b] of edges) {
    predIdx[p[b]++] = a;
    succIdx[s[a]++] = b;
  }
  return {
    n,
    m: edges.length,
    predOff,
    predIdx,
    succOff,
    succIdx,
    preds: (i) => predIdx.subarray(predOff[i], predOff[i + 1]),
    succs: (i) => succIdx.subarray(succOff[i], succOff[i + 1]),
  };
}
export function chain(n) {
  const e = [];
  for (let i = 1; i < n; i++) e.push([i - 1, i]);
  return { kind: "chain", ...fromEdges(n, e) };
}
export function fanout(width) {
  // 1 -> width -> 1
  const e = [];
  for (let i = 1; i <= width; i++) {
    e.push([0, i]);
    e.push([i, width + 1]);
  }
  return { kind: "fanout", width, ...fromEdges(width + 2, e) };
}
export function layers(depth, width) {
  // full bipartite between neighbouring layers
  const e = [];
  for (let d = 1; d < depth; d++)
    for (let a = 0; a < width; a++) for (let b = 0; b < width; b++) e.push([(d - 1) * width + a, d * width + b]);
  return { kind: "layers", depth, width, ...fromEdges(depth * width, e) };
}
export function random(n, m, seed = 42) {
  // m distinct edges a<b, uniform
  const r = rng(seed),
    seen = new Set(),
    e = [];
  m = Math.min(m, (n * (n - 1)) / 2);
  while (e.length < m) {
    let a = Math.floor(r() * n),
      b = Math.floor(r() * n);
    if (a === b) continue;
    if (a > b) [a, b] = [b, a];
    const k = a * n + b;
    if (seen.has(k)) continue;
    seen.add(k);
    e.push([a, b]);
  }
  return { kind: "random", ...fromEdges(n, e) };
}
export function make(s) {
  switch (s.kind) {
    case "chain":
      return chain(s.n);
    case "fanout":
      return fanout(s.n);
    case "layers":
      return layers(s.depth, s.width);
    case "random":
      return random(s.n, s.m ?? 3 * s.n);
  }
  throw new Error(`unknown graph ${s.kind}`);
}
