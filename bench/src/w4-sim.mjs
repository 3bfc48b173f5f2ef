// W4 (simulation): makespan / lower bound over all traces and P. node src/w4-sim.mjs  (WFINSTANCES_DIR set)

import { bounds, justify, simulate, upwardRank } from "./lib/sched.mjs";
import { geomean, quantile, rng } from "./lib/stats.mjs";
import { load } from "./lib/traces.mjs";

const traces = load().filter((t) => t.n >= 10 && t.dur.some((x) => x > 0));
// what was learnt from the other instances of the same family: mean time per task type
const fam = {};
for (const t of traces)
  for (let i = 0; i < t.n; i++) {
    const k = `${t.family}|${t.type[i]}`;
    const a = (fam[k] ??= {});
    const b = (a[t.name] ??= [0, 0]);
    b[0] += t.dur[i];
    b[1]++;
  }
const learnt = (t) =>
  Float64Array.from(t.type, (ty) => {
    let s = 0,
      c = 0;
    const a = fam[`${t.family}|${ty}`];
    for (const k in a)
      if (k !== t.name) {
        s += a[k][0];
        c += a[k][1];
      }
    return c ? s / c : 1;
  });
const policies = {
  "random order": (t) => {
    const r = rng(7);
    return Float64Array.from({ length: t.n }, r);
  },
  LIFO: null,
  "FIFO (most engines)": (t) => new Float64Array(t.n),
  "longest task first": (t) => t.dur,
  "critical path, unit times (nothing known)": (t) => upwardRank(t, new Float64Array(t.n).fill(1)),
  "critical path, learnt mean per task type": (t) => upwardRank(t, learnt(t)),
  "HEFT (critical path, exact times)": (t) => upwardRank(t, t.dur),
};
policies.LIFO = (t) => Float64Array.from({ length: t.n }, (_, _i) => 0);
const Ps = [2, 4, 8, 16, 32];
const acc = {};
const add = (p, P, a, b, _tr) => {
  const x = (acc[p] ??= { s: [], t: [], byP: {} });
  x.s.push(a);
  x.t.push(b);
  (x.byP[P] ??= []).push(b);
};
let _cases = 0;
const _t0 = performance.now();
const simMs = {};
for (const t of traces)
  for (const P of Ps) {
    if (t.n <= P) continue;
    const b = bounds(t, P);
    if (!(b.simple > 0)) continue;
    _cases++;
    const ex = {};
    for (const [name, f] of Object.entries(policies)) {
      const pr = name === "LIFO" ? null : f(t);
      const s0 = performance.now();
      const r = pr ? simulate(t, P, pr) : simulateLifo(t, P);
      simMs[name] = (simMs[name] ?? 0) + performance.now() - s0;
      ex[name] = r;
      add(name, P, r.makespan / b.simple, r.makespan / b.tight);
    }
    const s0 = performance.now();
    let best = ex["HEFT (critical path, exact times)"];
    for (const k of [
      "longest task first",
      "FIFO (most engines)",
      "critical path, unit times (nothing known)",
      "HEFT (critical path, exact times)",
    ]) {
      const j = justify(t, P, ex[k]);
      if (j.makespan < best.makespan) best = j;
    }
    simMs.portfolio = (simMs.portfolio ?? 0) + performance.now() - s0;
    add("portfolio + double justification, exact times", P, best.makespan / b.simple, best.makespan / b.tight);
    // the same planned with learnt times only, then executed with the true ones in planned priority order
    const lw = learnt(t);
    let plan = simulate(t, P, upwardRank(t, lw), lw);
    for (const pr of [lw, new Float64Array(t.n)]) {
      const j = justify(t, P, simulate(t, P, pr, lw), lw);
      if (j.makespan < plan.makespan) plan = j;
    }
    plan = justify(t, P, plan, lw);
    const r2 = simulate(
      t,
      P,
      Float64Array.from(plan.start, (x) => -x),
    );
    add("portfolio + justification planned on learnt times", P, r2.makespan / b.simple, r2.makespan / b.tight);
  }
function simulateLifo(t, P) {
  let c = 0;
  const pr = new Float64Array(t.n);
  const _deg = t.preds.map((p) => p.length);
  return simulate({ ...t, n: t.n }, P, new Proxy(pr, { get: (o, k) => (o[k] === 0 ? (o[k] = ++c) : o[k]) }));
}
const rows = Object.entries(acc).map(([k, v]) => ({
  policy: k,
  "geomean / simple LB": geomean(v.s).toFixed(4),
  "geomean / tight LB": geomean(v.t).toFixed(4),
  p90: quantile(v.t, 0.9).toFixed(3),
  worst: Math.max(...v.t).toFixed(3),
  "at bound (≤0.1%)": `${((100 * v.t.filter((x) => x <= 1.001).length) / v.t.length).toFixed(0)}%`,
  ...Object.fromEntries(Ps.map((P) => [`P=${P}`, v.byP[P] ? geomean(v.byP[P]).toFixed(4) : "-"])),
}));
rows.sort((a, b) => b["geomean / tight LB"] - a["geomean / tight LB"]);
