// proto-trigger with a bounded source: emit() asks to wait once 1024 events are in flight.
// What an engine could do: data units with subscriber lists by integer index; an update pushes (step, value) into a ring,
// a drain loop activates steps, one shared completion function per step kind (no closure per event beyond `then`).
export const version = "prototype";
export async function pipeline({ stages, onOut }) {
  const units = [0, 1, 2, 3].map(() => ({ value: undefined, version: 0, subs: [] }));
  const steps = stages.map((f, k) => ({
    f,
    done: (v) => update(k + 1, v),
    fail: (e) => {
      throw e;
    },
  }));
  steps.forEach((_s, k) => units[k].subs.push(k));
  let inflight = 0,
    wake = null;
  units[3].out = (v) => {
    inflight--;
    if (wake && inflight <= 512) {
      const w = wake;
      wake = null;
      w();
    }
    onOut(v);
  };
  let cap = 1 << 12,
    ringS = new Int32Array(cap),
    ringV = new Array(cap),
    h = 0,
    t = 0,
    draining = false;
  function grow() {
    const c2 = cap * 2,
      s2 = new Int32Array(c2),
      v2 = new Array(c2);
    for (let i = h; i < t; i++) {
      s2[i & (c2 - 1)] = ringS[i & (cap - 1)];
      v2[i & (c2 - 1)] = ringV[i & (cap - 1)];
    }
    cap = c2;
    ringS = s2;
    ringV = v2;
  }
  function update(u, v) {
    const d = units[u];
    d.value = v;
    d.version++;
    if (d.out) {
      d.out(v);
      return;
    }
    const subs = d.subs;
    for (let i = 0; i < subs.length; i++) {
      if (t - h === cap) grow();
      ringS[t & (cap - 1)] = subs[i];
      ringV[t & (cap - 1)] = v;
      t++;
    }
    if (!draining) drain();
  }
  function drain() {
    draining = true;
    while (h < t) {
      const k = h++ & (cap - 1),
        s = steps[ringS[k]],
        v = ringV[k];
      ringV[k] = undefined;
      const r = s.f(v);
      if (r && typeof r.then === "function") r.then(s.done, s.fail);
      else s.done(r);
    }
    draining = false;
  }
  return {
    emit(ev) {
      inflight++;
      update(0, ev);
      if (inflight >= 1024) return new Promise((r) => (wake = r));
    },
  };
}
