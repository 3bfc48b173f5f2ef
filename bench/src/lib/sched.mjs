// List-scheduling simulation on P identical workers, with bounds. prio: larger first; ties: earlier ready, lower index.
export function upwardRank(t, w) {
  const r = new Float64Array(t.n);
  for (let k = t.n - 1; k >= 0; k--) {
    const i = t.order[k];
    let m = 0;
    for (const s of t.succs[i]) if (r[s] > m) m = r[s];
    r[i] = w[i] + m;
  }
  return r;
}
export function est(t, w) {
  const r = new Float64Array(t.n);
  for (const i of t.order) {
    let m = 0;
    for (const p of t.preds[i]) {
      const x = r[p] + w[p];
      if (x > m) m = x;
    }
    r[i] = m;
  }
  return r;
}
export class Heap {
  constructor(less) {
    this.a = [];
    this.less = less;
  }
  get size() {
    return this.a.length;
  }
  push(x) {
    const a = this.a;
    let i = a.length;
    a.push(x);
    while (i) {
      const p = (i - 1) >> 1;
      if (!this.less(x, a[p])) break;
      a[i] = a[p];
      i = p;
    }
    a[i] = x;
  }
  pop() {
    const a = this.a,
      top = a[0],
      x = a.pop();
    if (a.length) {
      let i = 0;
      for (;;) {
        let c = 2 * i + 1;
        if (c >= a.length) break;
        if (c + 1 < a.length && this.less(a[c + 1], a[c])) c++;
        if (!this.less(a[c], x)) break;
        a[i] = a[c];
        i = c;
      }
      a[i] = x;
    }
    return top;
  }
}
export function simulate(t, P, prio, dur = t.dur) {
  const n = t.n,
    deg = Int32Array.from(t.preds, (p) => p.length),
    _readyAt = new Float64Array(n),
    seq = new Int32Array(n),
    start = new Float64Array(n),
    end = new Float64Array(n);
  let s = 0;
  const ready = new Heap((a, b) => prio[a] > prio[b] || (prio[a] === prio[b] && seq[a] < seq[b]));
  const run = new Heap((a, b) => end[a] < end[b] || (end[a] === end[b] && a < b));
  const put = (i) => {
    seq[i] = s++;
    ready.push(i);
  };
  for (let i = 0; i < n; i++) if (!deg[i]) put(i);
  let now = 0,
    free = P,
    done = 0;
  while (done < n) {
    while (free && ready.size) {
      const i = ready.pop();
      start[i] = now;
      end[i] = now + dur[i];
      run.push(i);
      free--;
    }
    const i = run.pop();
    now = end[i];
    const list = [i];
    while (run.size && end[run.a[0]] === now) list.push(run.pop());
    for (const x of list) {
      done++;
      free++;
      for (const y of t.succs[x]) if (--deg[y] === 0) put(y);
    }
  }
  return { makespan: now, start, end };
}
// simple bound max(CP, W/P), and the head-body-tail bound max over (a,b) of a + W{head>=a, tail>=b}/P + b
export function bounds(t, P, w = t.dur) {
  const head = est(t, w),
    up = upwardRank(t, w),
    n = t.n;
  let W = 0,
    cp = 0;
  for (let i = 0; i < n; i++) {
    W += w[i];
    if (up[i] > cp) cp = up[i];
  }
  const simple = Math.max(cp, W / P);
  let best = simple;
  const tail = Float64Array.from(up, (x, i) => x - w[i]);
  const q = (v, k = 60) => {
    const s = [...new Set(v)].sort((x, y) => x - y);
    if (s.length <= k) return s;
    return Array.from({ length: k }, (_, i) => s[Math.floor((i * (s.length - 1)) / (k - 1))]);
  };
  const A = q(head),
    B = q(tail);
  for (const a of A)
    for (const b of B) {
      let sum = 0,
        m = 0;
      for (let i = 0; i < n; i++)
        if (head[i] >= a && tail[i] >= b) {
          sum += w[i];
          if (w[i] > m) m = w[i];
        }
      if (sum) {
        const x = a + Math.max(sum / P, m) + b;
        if (x > best) best = x;
      }
    }
  return { simple, tight: best, cp, W };
}
// double justification (right then left shift) of a schedule: priorities from finish times, repeated while it helps
export function justify(t, P, sched, dur = t.dur, rounds = 6) {
  const rev = { n: t.n, preds: t.succs, succs: t.preds, order: [...t.order].reverse() };
  let best = sched;
  for (let k = 0; k < rounds; k++) {
    const back = simulate(rev, P, Float64Array.from(best.end), dur);
    const fwd = simulate(t, P, Float64Array.from(back.end), dur);
    if (fwd.makespan < best.makespan - 1e-12) best = fwd;
    else break;
  }
  return best;
}
