// Floor: shared memory, an atomic ticket counter that every worker (and nobody else) draws from, results in shared memory.
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { spin } from "../../lib/kernel.mjs";
export const version = `node ${process.versions.node}`,
  note = "tasks already in shared memory";
let ctl, res, ws, _params;
if (!isMainThread && workerData?.sab) {
  const c = new Int32Array(workerData.sab),
    r = new Int32Array(workerData.res);
  for (let gen = 0; ; gen++) {
    Atomics.wait(c, 0, gen);
    const n = c[1],
      it = c[2];
    let i;
    while ((i = Atomics.add(c, 3, 1)) < n) r[i] = spin(it);
    Atomics.add(c, 4, 1);
    Atomics.notify(c, 4);
  }
}
export async function open(P) {
  const sab = new SharedArrayBuffer(64),
    rs = new SharedArrayBuffer(4 * 60000);
  ctl = new Int32Array(sab);
  res = new Int32Array(rs);
  ws = Array.from({ length: P }, () => new Worker(new URL(import.meta.url), { workerData: { sab, res: rs } }));
  await Promise.all(ws.map((w) => new Promise((r) => w.once("online", r))));
  await new Promise((r) => setTimeout(r, 50));
}
export async function run({ tasks, iters, P }) {
  ctl[1] = tasks;
  ctl[2] = iters;
  ctl[3] = 0;
  ctl[4] = 0;
  Atomics.add(ctl, 0, 1);
  Atomics.notify(ctl, 0);
  let k;
  while ((k = Atomics.load(ctl, 4)) < P) {
    const w = Atomics.waitAsync(ctl, 4, k);
    if (w.async) await w.value;
  }
  return Array.from(res.subarray(0, tasks));
}
export const close = () => Promise.all(ws.map((w) => w.terminate()));
