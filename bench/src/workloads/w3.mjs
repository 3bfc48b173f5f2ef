// W3: event throughput. data-updated event -> stage 1 -> emit -> stage 2 -> emit -> stage 3 -> sink; stages are async functions.
// Adapter: export async function pipeline({stages, onOut, dir}) -> { emit(ev), close()? }; export const n? (events, when far from 100k)
//   `emit` may answer a promise: the next event is emitted when it resolves.
//   ev = {id, v, t}; each stage returns a new object with v+1; onOut must get every event once, with v = id + 3.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { quantile } from "../lib/stats.mjs";
export const shapes = [
  { name: "pipeline-3x100k", n: 100000, pings: 20000 },
  // the same, but the harness keeps at most 1024 events in flight for everybody
  { name: "inflight-1024", n: 100000, pings: 20000, bound: 1024 },
];
export const columns = ["events", "events/s", "burst p50 ms", "burst p99 ms", "idle p50 µs", "idle p99 µs", "in order"];
export const key = "events/s",
  better = "high",
  floor = "floor-bounded";
export async function measure(c, shape) {
  const dir = mkdtempSync(path.join(process.env.BENCH_DATA ?? tmpdir(), "peer-bench-"));
  let n = c.n ?? shape.n;
  const stage = async (ev) => ({ id: ev.id, v: ev.v + 1, t: ev.t });
  let got = 0,
    want = 0,
    fin,
    bad = 0,
    sent = 0,
    wake = null,
    last = -1,
    ordered = true;
  const lat = new Float64Array(n);
  let base = 0;
  const onOut = (ev) => {
    if (ev.v !== ev.id + 3) bad++;
    if (ev.id < last) ordered = false;
    last = ev.id;
    lat[ev.id - base] = performance.now() - ev.t;
    if (++got === want) fin();
    if (wake && sent - got <= shape.bound >> 1) {
      const w = wake;
      wake = null;
      w();
    }
  };
  const p = await c.pipeline({ stages: [stage, stage, stage], onOut, dir, n });
  const burst = async (k, off) => {
    got = 0;
    sent = 0;
    want = k;
    base = off;
    const done = new Promise((r) => (fin = r));
    const t = performance.now();
    for (let i = 0; i < k; i++) {
      const r = p.emit({ id: off + i, v: off + i, t: performance.now() });
      if (r?.then) await r;
      sent++;
      if (shape.bound && sent - got >= shape.bound) await new Promise((r2) => (wake = r2));
    }
    await done;
    return performance.now() - t;
  };
  try {
    let off = 0;
    // a contestant that would take minutes gets fewer events: about 8 s of them
    const tries = Math.min(1000, n);
    const slow = await burst(tries, off);
    off += tries;
    n = Math.min(n, Math.max(1000, Math.floor(8000 / (slow / tries) / 1000) * 1000));
    const pings = Math.min(shape.pings, n);
    await burst(Math.ceil(n / 10), off);
    off += n;
    const ms = [];
    let b50, b99;
    for (let rep = 0; rep < (n < shape.n ? 1 : 3); rep++) {
      globalThis.gc?.();
      ms.push(await burst(n, off));
      off += n;
      b50 = quantile(lat.subarray(0, n), 0.5);
      b99 = quantile(lat.subarray(0, n), 0.99);
    }
    ms.sort((a, b) => a - b);
    const one = new Float64Array(pings);
    for (let i = 0; i < pings; i++) {
      await burst(1, off);
      one[i] = lat[0];
      off++;
    }
    if (bad) throw new Error(`Error bad events ${bad}`);
    await Promise.race([p.close?.(), new Promise((r) => setTimeout(r, 2000))]);
    return {
      events: n,
      ms: ms[ms.length >> 1],
      "events/s": (n / ms[ms.length >> 1]) * 1000,
      "burst p50 ms": b50,
      "burst p99 ms": b99,
      "idle p50 µs": quantile(one, 0.5) * 1000,
      "idle p99 µs": quantile(one, 0.99) * 1000,
      "in order": ordered ? "yes" : "no",
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
