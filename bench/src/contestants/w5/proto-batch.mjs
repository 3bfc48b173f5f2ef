// What an engine could do: postMessage with adaptive batches (aim: a message per ~1 ms of work), two batches in flight per worker.
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { spin } from "../../lib/kernel.mjs";
export const version = "prototype";
if (!isMainThread && workerData === "pb")
  parentPort.on("message", (b) => {
    const t = performance.now();
    const out = new Array(b.length);
    for (let i = 0; i < b.length; i++) {
      try {
        out[i] = [b[i].id, spin(b[i].iters), null];
      } catch (e) {
        out[i] = [b[i].id, null, String(e)];
      }
    }
    parentPort.postMessage({ out, ms: performance.now() - t });
  });
let ws;
export async function open(P) {
  ws = Array.from({ length: P }, () => new Worker(new URL(import.meta.url), { workerData: "pb" }));
  await Promise.all(ws.map((w) => new Promise((r) => w.once("online", r))));
}
export function run({ tasks, iters, P }) {
  return new Promise((ok) => {
    const r = new Array(tasks);
    let next = 0,
      left = tasks,
      cost = 1; // ms per task, learnt
    for (const w of ws) {
      w.removeAllListeners("message");
      const feed = () => {
        const k = Math.max(1, Math.min(256, Math.floor(1 / cost), Math.ceil((tasks - next) / (3 * P))));
        const b = [];
        while (b.length < k && next < tasks) b.push({ id: next++, iters });
        if (b.length) w.postMessage(b);
      };
      w.on("message", ({ out, ms }) => {
        cost = 0.7 * cost + 0.3 * Math.max(ms / out.length, 0.001);
        for (const [id, v] of out) r[id] = v;
        left -= out.length;
        if (left === 0) ok(r);
        else feed();
      });
      feed();
      feed();
    }
  });
}
export const close = () => Promise.all(ws.map((w) => w.terminate()));
